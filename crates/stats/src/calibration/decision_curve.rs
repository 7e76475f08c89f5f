use super::cases::check;
use crate::StatsError;

/// What acting on the predictions is worth, over how wary one is: Vickers and Elkin, Medical
/// Decision Making 2006.
///
/// Acting on whoever has at least probability `t` says that a missed case is as bad as
/// `(1 − t) / t` needless actions. Net benefit counts in true positives per case:
/// `TP / n − FP / n · t / (1 − t)`. Acting on none has 0. It is about calibrated probabilities;
/// what action costs, and what else is at stake, is not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionCurve {
    /// Share of positive cases, in `0..=1`: the most that can be gained at any threshold.
    pub prevalence: f64,
    /// One per threshold, in the order given.
    pub points: Vec<NetBenefit>,
}

/// Net benefits at a threshold, beside 0 for acting on none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetBenefit {
    /// The probability from which on one acts, in `0..1`.
    pub threshold: f64,
    /// Of acting on the predictions, at most the prevalence.
    pub of_model: f64,
    /// Of acting on all cases, at most the prevalence.
    pub of_all: f64,
}

impl DecisionCurve {
    /// `labels`: true for positive cases; `probabilities`: of being positive, in `0..=1`;
    /// `thresholds`: at least 0 and below 1, those that someone might hold.
    /// `O((n + k) log n)` for `k` thresholds.
    pub fn new(
        labels: &[bool],
        probabilities: &[f64],
        thresholds: &[f64],
    ) -> Result<Self, StatsError> {
        check(labels, probabilities)?;
        if let Some(&found) = thresholds.iter().find(|t| !(0.0..1.0).contains(*t)) {
            return Err(StatsError::Parameter {
                parameter: "threshold probability",
                expected: "a number from 0 to below 1",
                found,
            });
        }
        let mut sorted: Vec<(f64, bool)> = probabilities
            .iter()
            .copied()
            .zip(labels.iter().copied())
            .collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        // Positive cases among the first so many.
        let mut below = vec![0usize];
        for &(_, positive) in &sorted {
            below.push(below[below.len() - 1] + usize::from(positive));
        }
        let (cases, positives) = (labels.len(), below[labels.len()]);
        let net = |true_positives: usize, acted_on: usize, threshold: f64| {
            let odds = threshold / (1.0 - threshold);
            let false_positives = (acted_on - true_positives) as f64;
            true_positives as f64 / cases as f64 - false_positives / cases as f64 * odds
        };
        let point = |&threshold: &f64| {
            let spared = sorted.partition_point(|&(p, _)| p < threshold);
            NetBenefit {
                threshold,
                of_model: net(positives - below[spared], cases - spared, threshold),
                of_all: net(positives, cases, threshold),
            }
        };
        Ok(Self {
            prevalence: positives as f64 / cases as f64,
            points: thresholds.iter().map(point).collect(),
        })
    }
}
