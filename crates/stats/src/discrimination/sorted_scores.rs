use crate::StatsError;
use crate::discrimination::ranking::Ranking;

/// Scores sorted once, so that a resample of the cases, given as whole weights, costs `O(n)`.
///
/// A weight says how often a case occurs: all weights 1 give the plain statistic, a weight of 2
/// the statistic with the case entered twice, a weight of 0 that without it. Every statistic is
/// `None` when the positive or the negative cases have no weight at all, as nothing can then be
/// separated, and when `weights` has not one weight per case.
///
/// Made for [`Bootstrap`](crate::Bootstrap); it is not for weights of importance, which are no
/// whole numbers and no repeated cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SortedScores {
    /// From the lowest score to the highest.
    ranked: Vec<RankedCase>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct RankedCase {
    case: u32,
    positive: bool,
    /// Whether the next case scores higher.
    ends_tie: bool,
}

/// Weight of the cases that share one score.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TieWeight {
    pub(crate) positives: u64,
    pub(crate) negatives: u64,
}

impl SortedScores {
    /// `labels`: true for positive cases, at least one of each kind and at most 4,294,967,295
    /// cases; `scores`: one finite number per case, higher meaning more likely positive.
    /// `O(n log n)`.
    pub fn new(labels: &[bool], scores: &[f64]) -> Result<Self, StatsError> {
        if u32::try_from(labels.len()).is_err() {
            return Err(StatsError::Parameter {
                parameter: "number of cases",
                expected: "at most 4294967295",
                found: labels.len() as f64,
            });
        }
        let ranking = Ranking::new(labels, scores)?;
        let mut ranked = Vec::with_capacity(labels.len());
        for group in ranking.groups() {
            for (at, &(_, case)) in group.cases.iter().enumerate() {
                ranked.push(RankedCase {
                    case: case as u32,
                    positive: labels[case],
                    ends_tie: at + 1 == group.cases.len(),
                });
            }
        }
        Ok(Self { ranked })
    }

    /// Number of cases, at least 2.
    pub fn cases(&self) -> usize {
        self.ranked.len()
    }

    /// The AUC, in `0..=1`, of the cases repeated by their weights. As [`auc`](fn@crate::auc),
    /// counted in whole numbers and so exact up to the final division.
    ///
    /// `weights`: one per case, in the order of the cases.
    pub fn auc_weighted(&self, weights: &[u32]) -> Option<f64> {
        let mut below = TieWeight::default();
        let mut half_pairs = 0u128;
        self.walk(weights, false, |tie| {
            let doubled = 2 * u128::from(below.negatives) + u128::from(tie.negatives);
            half_pairs += u128::from(tie.positives) * doubled;
            below.add(tie);
        })?;
        let pairs = u128::from(below.positives) * u128::from(below.negatives);
        (pairs > 0).then(|| half_pairs as f64 / (2 * pairs) as f64)
    }

    /// Average precision, in `0..=1`, of the cases repeated by their weights. As
    /// [`average_precision`](fn@crate::average_precision).
    ///
    /// `weights`: one per case, in the order of the cases.
    pub fn average_precision_weighted(&self, weights: &[u32]) -> Option<f64> {
        let mut above = TieWeight::default();
        let mut sum = 0.0;
        self.walk(weights, true, |tie| {
            above.add(tie);
            if tie.positives > 0 {
                let taken = above.positives + above.negatives;
                sum += tie.positives as f64 * (above.positives as f64 / taken as f64);
            }
        })?;
        let both = above.positives > 0 && above.negatives > 0;
        both.then(|| (sum / above.positives as f64).min(1.0))
    }

    /// Total weights of the positive and the negative cases. `None` unless both have some.
    pub(crate) fn totals(&self, weights: &[u32]) -> Option<TieWeight> {
        let mut totals = TieWeight::default();
        self.walk(weights, false, |tie| totals.add(tie))?;
        (totals.positives > 0 && totals.negatives > 0).then_some(totals)
    }

    /// Visits the weights of each score, ascending or descending. `None` when `weights` does not
    /// fit the cases.
    pub(crate) fn walk(
        &self,
        weights: &[u32],
        descending: bool,
        mut visit: impl FnMut(TieWeight),
    ) -> Option<()> {
        if weights.len() != self.ranked.len() {
            return None;
        }
        let mut tie = TieWeight::default();
        let mut take = |ranked: &RankedCase, ends: bool| {
            let weight = u64::from(weights[ranked.case as usize]);
            // Without a branch, as labels and resamples are unpredictable.
            tie.positives += weight * u64::from(ranked.positive);
            tie.negatives += weight * u64::from(!ranked.positive);
            if ends {
                visit(tie);
                tie = TieWeight::default();
            }
        };
        if descending {
            for at in (0..self.ranked.len()).rev() {
                take(&self.ranked[at], at == 0 || self.ranked[at - 1].ends_tie);
            }
        } else {
            self.ranked
                .iter()
                .for_each(|ranked| take(ranked, ranked.ends_tie));
        }
        Some(())
    }
}

impl TieWeight {
    pub(crate) fn add(&mut self, other: Self) {
        self.positives += other.positives;
        self.negatives += other.negatives;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{auc, average_precision};
    use proptest::prelude::*;

    fn weighted_cases() -> impl Strategy<Value = (Vec<bool>, Vec<f64>, Vec<u32>)> {
        prop::collection::vec((any::<bool>(), -6i32..6, 0u32..4), 2..50).prop_map(|cases| {
            let labels = cases.iter().map(|c| c.0).collect();
            let scores = cases.iter().map(|c| f64::from(c.1) / 4.0).collect();
            (labels, scores, cases.iter().map(|c| c.2).collect())
        })
    }

    proptest! {
        #[test]
        fn a_weight_repeats_a_case((labels, scores, weights) in weighted_cases()) {
            let Ok(sorted) = SortedScores::new(&labels, &scores) else {
                return Ok(());
            };
            let ones = vec![1; labels.len()];
            prop_assert_eq!(sorted.auc_weighted(&ones), auc(&labels, &scores).ok());
            let plain = average_precision(&labels, &scores).unwrap();
            let weighted = sorted.average_precision_weighted(&ones).unwrap();
            prop_assert!((plain - weighted).abs() < 1e-14);

            let repeat = |case: usize| std::iter::repeat_n(case, weights[case] as usize);
            let cases: Vec<usize> = (0..labels.len()).flat_map(repeat).collect();
            let labels: Vec<bool> = cases.iter().map(|&case| labels[case]).collect();
            let scores: Vec<f64> = cases.iter().map(|&case| scores[case]).collect();
            prop_assert_eq!(sorted.auc_weighted(&weights), auc(&labels, &scores).ok());
            match (average_precision(&labels, &scores), sorted.average_precision_weighted(&weights)) {
                (Ok(a), Some(b)) => prop_assert!((a - b).abs() < 1e-14),
                (a, b) => prop_assert!(a.is_err() && b.is_none()),
            }
        }
    }

    #[test]
    fn what_cannot_be_computed_is_none() {
        let sorted = SortedScores::new(&[true, false, false], &[0.5, 0.1, 0.9]).unwrap();
        assert_eq!(sorted.auc_weighted(&[0, 3, 1]), None);
        assert_eq!(sorted.average_precision_weighted(&[2, 0, 0]), None);
        assert_eq!(sorted.auc_weighted(&[1, 1]), None);
        assert!(SortedScores::new(&[true, true], &[0.1, 0.2]).is_err());
        // Sums of weights beyond 32 bits, pairs beyond 64.
        assert_eq!(sorted.auc_weighted(&[u32::MAX; 3]), Some(0.5));
    }
}
