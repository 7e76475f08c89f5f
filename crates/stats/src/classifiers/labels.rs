use crate::StatsError;
use crate::input::{check_classes, same_length};

/// What is known of the cases that a classifier learns from.
#[derive(Clone, Copy, Debug)]
pub enum Labels<'a> {
    /// Exactly one class a case.
    Classes {
        /// `[cases]`, each below `classes`.
        of_case: &'a [usize],
        /// How many classes there are; some may have no case.
        classes: usize,
    },
    /// Any number of findings a case, each present, absent or unknown.
    Findings {
        /// `[cases, findings]`, row by row; none where unknown.
        present: &'a [Option<bool>],
        /// How many findings there are.
        findings: usize,
    },
}

impl Labels<'_> {
    /// Number of classes or findings.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Classes { classes, .. } => *classes,
            Self::Findings { findings, .. } => *findings,
        }
    }

    /// Refuses labels that are not those of `cases` cases, or that name no class.
    pub(super) fn check(&self, cases: usize) -> Result<(), StatsError> {
        if self.outputs() == 0 {
            return Err(StatsError::Empty { what: "classes" });
        }
        match self {
            Self::Classes { of_case, classes } => {
                same_length("labels of cases", cases, of_case.len())?;
                check_classes("labels of cases", of_case, *classes)
            }
            Self::Findings { present, findings } => {
                same_length("labels of findings", cases * findings, present.len())
            }
        }
    }

    /// Whether `case` has class or finding `output`; none where unknown.
    pub(super) fn has(&self, case: usize, output: usize) -> Option<bool> {
        match self {
            Self::Classes { of_case, .. } => Some(of_case[case] == output),
            Self::Findings { present, findings } => present[case * findings + output],
        }
    }
}
