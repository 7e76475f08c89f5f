use std::collections::BTreeMap;

use crate::StatsError;

/// Which cases belong together: pictures of one patient are not independent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    of_case: Vec<usize>,
    count: usize,
}

impl Clusters {
    /// One name per case, such as the patient. Clusters are numbered in the order of their first
    /// case; a case without a name is a cluster of its own.
    pub fn new<'a>(names: impl IntoIterator<Item = Option<&'a str>>) -> Result<Self, StatsError> {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut count = 0;
        let mut of_case = Vec::new();
        for name in names {
            let cluster = match name {
                Some(name) => *known.entry(name).or_insert(count),
                None => count,
            };
            count = count.max(cluster + 1);
            of_case.push(cluster);
        }
        if of_case.is_empty() {
            return Err(StatsError::Empty { what: "clusters" });
        }
        Ok(Self { of_case, count })
    }

    /// The cluster of each case, from 0.
    pub fn of_case(&self) -> &[usize] {
        &self.of_case
    }

    /// Number of cases, at least 1.
    pub fn cases(&self) -> usize {
        self.of_case.len()
    }

    /// Number of clusters, at least 1.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether some cluster has several cases.
    pub fn repeat(&self) -> bool {
        self.count < self.of_case.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_by_first_case() {
        let names = [Some("b"), None, Some("a"), Some("b"), None];
        let clusters = Clusters::new(names).unwrap();
        assert_eq!(clusters.of_case(), [0, 1, 2, 0, 3]);
        assert_eq!((clusters.count(), clusters.repeat()), (4, true));
        assert!(!Clusters::new([Some("a"), None]).unwrap().repeat());
        assert!(Clusters::new([]).is_err());
    }
}
