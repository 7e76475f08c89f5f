//! How arms are compared, and whether that was declared before results were there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use study::ComparePlan;

/// `declarations.json`: in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Declarations {
    /// One a way of comparing.
    pub declared: Vec<Declaration>,
}

/// An entry of `declarations.json`: a way of comparing, and what was known when it was chosen.
/// Beside the results, because it tells how the study came about and not what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Declaration {
    /// `[compare]`, checked.
    pub compare: ComparePlan,
    /// Runs and probes that had a result when this was declared; 0 before anything was known.
    pub results: usize,
}

impl Declaration {
    /// What was changed after results were there, in words, from the first change on; nothing where
    /// all was declared before.
    pub fn changes(all: &[Self]) -> Vec<String> {
        let pairs = all.iter().zip(all.iter().skip(1));
        let late = pairs.filter(|(_, after)| after.results > 0);
        late.flat_map(|(before, after)| {
            let keys = before.differing(after).into_iter();
            keys.map(|(key, before, now)| {
                format!(
                    "{key} was changed from {before} to {now} after {} results were there",
                    after.results
                )
            })
        })
        .collect()
    }

    /// The keys of `[compare]`, and the looks, in which two declarations differ, with both values.
    fn differing(&self, other: &Self) -> Vec<(String, String, String)> {
        let table = |compare: &ComparePlan| match serde_json::to_value(compare) {
            Ok(serde_json::Value::Object(table)) => table,
            _ => serde_json::Map::new(),
        };
        let (ours, theirs) = (table(&self.compare), table(&other.compare));
        let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        let word = |value: Option<&serde_json::Value>| match value {
            Some(value) => value.to_string(),
            None => "none".into(),
        };
        keys.into_iter()
            .filter(|key| ours.get(*key) != theirs.get(*key))
            .map(|key| (key.clone(), word(ours.get(key)), word(theirs.get(key))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_after_results_is_told() {
        let of = |margin, results| Declaration {
            compare: ComparePlan {
                margin,
                ..ComparePlan::default()
            },
            results,
        };
        assert!(Declaration::changes(&[of(0.02, 0)]).is_empty());
        assert!(Declaration::changes(&[of(0.02, 0), of(0.01, 0)]).is_empty());
        assert_eq!(
            Declaration::changes(&[of(0.02, 0), of(0.01, 0), of(0.03, 6), of(0.03, 9)]),
            ["margin was changed from 0.01 to 0.03 after 6 results were there"]
        );
    }
}
