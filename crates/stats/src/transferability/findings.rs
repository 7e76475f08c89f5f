use crate::StatsError;
use crate::input::same_length;

/// Cases with and without a finding that its score needs.
pub const LEAST_CASES: usize = 10;

/// The mean of a score over findings.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingMean {
    /// Mean over the findings that were scored.
    pub value: f64,
    /// Findings that were scored, ascending.
    pub scored: Vec<usize>,
    /// Findings with fewer than [`LEAST_CASES`] known positives or negatives, ascending.
    pub skipped: Vec<usize>,
}

/// The mean over findings of a score of two classes, absent (0) and present (1).
///
/// `labels`: `[cases, findings]`, none where unknown. `score` gets the cases where a finding is
/// known, ascending, and their labels. Findings with fewer than [`LEAST_CASES`] positives or
/// negatives are skipped; a finding whose score has no value leaves none to the mean, because a
/// mean over other findings than those of another network says nothing.
pub fn mean_over_findings(
    labels: &[Option<bool>],
    findings: usize,
    mut score: impl FnMut(&[usize], &[usize]) -> Result<f64, StatsError>,
) -> Result<FindingMean, StatsError> {
    if findings == 0 || labels.is_empty() {
        return Err(StatsError::Empty { what: "findings" });
    }
    let cases = labels.len() / findings;
    same_length("labels of findings", cases * findings, labels.len())?;
    let (mut scored, mut skipped, mut total) = (Vec::new(), Vec::new(), 0.0);
    for finding in 0..findings {
        let known = (0..cases).filter_map(|case| {
            let label = labels[case * findings + finding]?;
            Some((case, usize::from(label)))
        });
        let (cases, classes): (Vec<usize>, Vec<usize>) = known.unzip();
        let positives: usize = classes.iter().sum();
        if positives.min(classes.len() - positives) < LEAST_CASES {
            skipped.push(finding);
            continue;
        }
        total += score(&cases, &classes)?;
        scored.push(finding);
    }
    if scored.is_empty() {
        return Err(StatsError::TooFew {
            what: "findings with ten known positives and negatives",
            needed: 1,
            found: 0,
        });
    }
    Ok(FindingMean {
        value: total / scored.len() as f64,
        scored,
        skipped,
    })
}
