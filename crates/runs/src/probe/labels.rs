//! The labels of pictures as classifiers take them.

use images::{Label, Task};
use stats::Labels;

/// What is known of some pictures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum KnownLabels {
    /// One class a picture.
    Classes {
        /// `[pictures]`.
        of_picture: Vec<usize>,
        classes: usize,
    },
    /// Findings, present, absent or unknown.
    Findings {
        /// `[pictures, findings]`.
        present: Vec<Option<bool>>,
        findings: usize,
    },
}

impl KnownLabels {
    /// `labels` of a `task` with so many classes or findings.
    pub(crate) fn new<'a>(
        labels: impl Iterator<Item = &'a Label>,
        task: Task,
        classes: usize,
    ) -> Self {
        match task {
            Task::Multilabel => Self::Findings {
                present: labels
                    .flat_map(|label| (0..classes).map(move |finding| label.has(finding)))
                    .collect(),
                findings: classes,
            },
            _ => Self::Classes {
                of_picture: labels.map(|label| label.class().unwrap_or(0)).collect(),
                classes,
            },
        }
    }

    pub(crate) fn view(&self) -> Labels<'_> {
        match self {
            Self::Classes {
                of_picture,
                classes,
            } => Labels::Classes {
                of_case: of_picture,
                classes: *classes,
            },
            Self::Findings { present, findings } => Labels::Findings {
                present,
                findings: *findings,
            },
        }
    }
}
