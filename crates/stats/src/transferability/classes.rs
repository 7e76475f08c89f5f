use crate::StatsError;
use crate::input::{CLASS_LIMIT, check_classes};

/// The class of every case. Classes without a case are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classes {
    of_case: Vec<usize>,
    cases: Vec<usize>,
}

impl Classes {
    /// `labels`: one a case, below `classes`, of at least two different values.
    pub fn new(labels: &[usize], classes: usize) -> Result<Self, StatsError> {
        if !(2..=CLASS_LIMIT).contains(&classes) {
            return Err(StatsError::ClassCount {
                found: classes,
                limit: CLASS_LIMIT,
            });
        }
        check_classes("labels", labels, classes)?;
        let mut cases = vec![0; classes];
        labels.iter().for_each(|label| cases[*label] += 1);
        let mut number = vec![0; classes];
        let mut present = 0;
        for (number, cases) in number.iter_mut().zip(&cases) {
            *number = present;
            present += usize::from(*cases > 0);
        }
        if present < 2 {
            return Err(StatsError::TooFew {
                what: "classes that have a case",
                needed: 2,
                found: present,
            });
        }
        cases.retain(|cases| *cases > 0);
        Ok(Self {
            of_case: labels.iter().map(|label| number[*label]).collect(),
            cases,
        })
    }

    /// The class of each case, from 0, among those that have a case.
    pub fn of_case(&self) -> &[usize] {
        &self.of_case
    }

    /// Cases of each class, at least one each.
    pub fn cases(&self) -> &[usize] {
        &self.cases
    }

    /// Number of classes that have a case, at least 2.
    pub fn count(&self) -> usize {
        self.cases.len()
    }

    /// The cases of one class, ascending.
    pub(super) fn members(&self, class: usize) -> Vec<usize> {
        let all = self.of_case.iter().enumerate();
        all.filter(|(_, of)| **of == class)
            .map(|(case, _)| case)
            .collect()
    }
}
