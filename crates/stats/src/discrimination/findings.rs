use crate::StatsError;
use crate::input::{CLASS_LIMIT, all_finite, same_length};

/// Scores and labels of findings that do not exclude one another, shape `[cases, findings]`, row
/// by row; a label may be missing.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    scores: &'a [f64],
    labels: &'a [Option<bool>],
    findings: usize,
}

/// One finding in the cases where its label is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Indices of the cases with a label, ascending.
    pub cases: Vec<usize>,
    /// Whether the finding is present, one per entry of `cases`.
    pub labels: Vec<bool>,
    /// The score of the finding, one per entry of `cases`.
    pub scores: Vec<f64>,
}

impl<'a> Findings<'a> {
    /// `scores`: finite; `labels`: `None` where unknown; both `cases · findings` long;
    /// `findings`: 1 to 65,536.
    pub fn new(
        scores: &'a [f64],
        labels: &'a [Option<bool>],
        findings: usize,
    ) -> Result<Self, StatsError> {
        if !(1..=CLASS_LIMIT).contains(&findings) {
            return Err(StatsError::Parameter {
                parameter: "number of findings",
                expected: "1 to 65536",
                found: findings as f64,
            });
        }
        if scores.is_empty() {
            return Err(StatsError::Empty { what: "scores" });
        }
        if !scores.len().is_multiple_of(findings) {
            return Err(StatsError::LengthMismatch {
                what: "scores, a whole number of rows",
                expected: scores.len().div_ceil(findings) * findings,
                found: scores.len(),
            });
        }
        same_length("labels", scores.len(), labels.len())?;
        all_finite("scores", scores)?;
        Ok(Self {
            scores,
            labels,
            findings,
        })
    }

    /// Number of cases, at least 1.
    pub fn cases(&self) -> usize {
        self.scores.len() / self.findings
    }

    /// Each finding in turn, with the cases where its label is known.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Finding> {
        let labels = *self;
        (0..self.findings).map(move |finding| labels.finding(finding))
    }

    fn finding(&self, finding: usize) -> Finding {
        let mut known = Finding {
            cases: Vec::new(),
            labels: Vec::new(),
            scores: Vec::new(),
        };
        for case in 0..self.cases() {
            let at = case * self.findings + finding;
            if let Some(label) = self.labels[at] {
                known.cases.push(case);
                known.labels.push(label);
                known.scores.push(self.scores[at]);
            }
        }
        known
    }
}
