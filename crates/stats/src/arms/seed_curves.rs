//! What an arm's seeds scored, ready to be resampled.

use crate::input::same_length;
use crate::{Clusters, Finding, SortedScores, StatsError};

/// A curve sorted once, with its place among all test cases and its factor in a statistic.
pub(super) struct Term {
    pub(super) factor: f64,
    pub(super) curve: SortedScores,
    pub(super) cases: Vec<usize>,
}

impl Term {
    /// The terms of the mean of `curves`, times `sign`.
    pub(super) fn mean(
        curves: &[Finding],
        sign: f64,
        clusters: &Clusters,
    ) -> Result<Vec<Self>, StatsError> {
        if curves.is_empty() {
            return Err(StatsError::Empty {
                what: "curves of a seed",
            });
        }
        let factor = sign / curves.len() as f64;
        let term = |finding: &Finding| {
            finding.check_places(clusters)?;
            Ok(Self {
                factor,
                curve: SortedScores::new(&finding.labels, &finding.scores)?,
                cases: finding.cases.clone(),
            })
        };
        curves.iter().map(term).collect()
    }
}

impl Finding {
    /// Refuses a curve without a label for each case, or whose cases do not lie among those of the
    /// clusters, each once and in order.
    pub fn check_places(&self, clusters: &Clusters) -> Result<(), StatsError> {
        same_length("labels of a curve", self.cases.len(), self.labels.len())?;
        let refuse = |expected, found: usize| {
            Err(StatsError::Parameter {
                parameter: "position of a case",
                expected,
                found: found as f64,
            })
        };
        if let Some(&last) = self.cases.last()
            && last >= clusters.cases()
        {
            return refuse("below the number of cases of the clusters", last);
        }
        match self.cases.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => refuse("larger than the position before it", pair[1]),
            None => Ok(()),
        }
    }
}

/// Refuses arms that do not have the same seeds, and on each the same curves of the same cases.
pub(super) fn check_pairs(
    arm: &[Vec<Finding>],
    baseline: &[Vec<Finding>],
) -> Result<(), StatsError> {
    same_length("seeds of the baseline", arm.len(), baseline.len())?;
    for (arm, baseline) in arm.iter().zip(baseline) {
        same_length("curves of the baseline", arm.len(), baseline.len())?;
        for (arm, baseline) in arm.iter().zip(baseline) {
            same_length(
                "cases of the baseline",
                arm.cases.len(),
                baseline.cases.len(),
            )?;
            same_length("labels of the arm", arm.cases.len(), arm.labels.len())?;
            same_length(
                "labels of the baseline",
                arm.cases.len(),
                baseline.labels.len(),
            )?;
            for at in 0..arm.cases.len() {
                if (arm.cases[at], arm.labels[at]) != (baseline.cases[at], baseline.labels[at]) {
                    return Err(StatsError::LabelsDiffer {
                        case: arm.cases[at],
                    });
                }
            }
        }
    }
    Ok(())
}
