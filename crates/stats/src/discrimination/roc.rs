use crate::discrimination::ranking::Ranking;
use crate::input::check_share;
use crate::{SortedScores, StatsError};

/// The receiver operating characteristic: what every threshold on a score gives.
///
/// A case counts as positive when its score is at least the threshold. One point per distinct
/// score, none left out, and one for a threshold above all scores: scikit-learn's `roc_curve`
/// with `drop_intermediate=False`, with specificity `1 − fpr`.
#[derive(Debug, Clone, PartialEq)]
pub struct RocCurve {
    points: Vec<RocPoint>,
}

/// A threshold with what it gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RocPoint {
    /// The lowest score that counts as positive; `None` for a threshold above all scores.
    pub threshold: Option<f64>,
    /// Share of the positive cases at or above the threshold, in `0..=1`.
    pub sensitivity: f64,
    /// Share of the negative cases below the threshold, in `0..=1`.
    pub specificity: f64,
}

impl RocCurve {
    /// `labels`: true for positive cases; `scores`: one finite number per case, higher meaning
    /// more likely positive. `O(n log n)`.
    pub fn new(labels: &[bool], scores: &[f64]) -> Result<Self, StatsError> {
        let ranking = Ranking::new(labels, scores)?;
        let (m, n) = (ranking.positives as f64, ranking.negatives as f64);
        let mut points = vec![RocPoint {
            threshold: None,
            sensitivity: 0.0,
            specificity: 1.0,
        }];
        let (mut found, mut passed) = (0, ranking.negatives);
        for group in ranking.groups().rev() {
            found += group.positives;
            passed -= group.negatives;
            points.push(RocPoint {
                threshold: group.cases.first().map(|&(score, _)| score),
                sensitivity: found as f64 / m,
                specificity: passed as f64 / n,
            });
        }
        Ok(Self { points })
    }

    /// All points, from specificity 1 and sensitivity 0 to specificity 0 and sensitivity 1.
    pub fn points(&self) -> &[RocPoint] {
        &self.points
    }

    /// The point of highest sensitivity among those with at least this specificity, in `0..=1`.
    ///
    /// scikit-learn's `tpr[1 - fpr >= specificity].max()` but for the rounding of `1 − fpr`: a
    /// specificity of exactly 9 in 10 is one of 0.9. It is what a threshold on these cases really
    /// gives; pROC's `coords(roc, specificity, input = "specificity")` interpolates instead, as
    /// [`interpolated_sensitivity_at`](Self::interpolated_sensitivity_at) does. Chosen and
    /// measured on the same cases, it is too high for new ones: choose with
    /// [`ThresholdRule`](crate::ThresholdRule) on validation cases for an honest number.
    pub fn sensitivity_at(&self, specificity: f64) -> Result<RocPoint, StatsError> {
        Ok(self.points[self.last_at_least(specificity)?])
    }

    /// Sensitivity, in `0..=1`, where straight lines between the points pass this specificity,
    /// in `0..=1`: pROC's `coords`. Where the curve is vertical, its upper end. No single
    /// threshold gives it; it takes drawing lots between two.
    pub fn interpolated_sensitivity_at(&self, specificity: f64) -> Result<f64, StatsError> {
        let at = self.last_at_least(specificity)?;
        let point = self.points[at];
        let Some(next) = self.points.get(at + 1) else {
            return Ok(point.sensitivity);
        };
        let share = (point.specificity - specificity) / (point.specificity - next.specificity);
        Ok(point.sensitivity + share * (next.sensitivity - point.sensitivity))
    }

    /// Index of the last point of at least this specificity; the first always is.
    fn last_at_least(&self, specificity: f64) -> Result<usize, StatsError> {
        check_share("specificity", specificity)?;
        let enough = |point: &RocPoint| point.specificity >= specificity;
        Ok(self.points.partition_point(enough).saturating_sub(1))
    }
}

impl SortedScores {
    /// Sensitivity, in `0..=1`, as [`RocCurve::sensitivity_at`], of the cases repeated by their
    /// weights. The threshold is that of the resample, so a bootstrap covers its choice too.
    /// `None` also when `specificity` lies outside `0..=1`.
    ///
    /// `weights`: one per case, in the order of the cases.
    pub fn sensitivity_at_weighted(&self, specificity: f64, weights: &[u32]) -> Option<f64> {
        check_share("specificity", specificity).ok()?;
        let totals = self.totals(weights)?;
        let enough = |negatives: u64| negatives as f64 / totals.negatives as f64 >= specificity;
        let (mut negatives, mut missed) = (0, 0);
        self.walk(weights, false, |tie| {
            if !enough(negatives) {
                negatives += tie.negatives;
                missed += tie.positives;
            }
        })?;
        Some((totals.positives - missed) as f64 / totals.positives as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auc;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_curve_holds_the_auc_and_every_operating_point(
            cases in prop::collection::vec((any::<bool>(), -6i32..6), 2..60),
            specificity in 0.0f64..=1.0,
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.0).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.1)).collect();
            let Ok(curve) = RocCurve::new(&labels, &scores) else {
                return Ok(());
            };
            let area: f64 = curve.points().windows(2).map(|pair| {
                (pair[0].specificity - pair[1].specificity)
                    * (pair[0].sensitivity + pair[1].sensitivity) / 2.0
            }).sum();
            prop_assert!((area - auc(&labels, &scores).unwrap()).abs() < 1e-12);

            let best = curve.points().iter().filter(|p| p.specificity >= specificity)
                .map(|p| p.sensitivity).fold(0.0, f64::max);
            let point = curve.sensitivity_at(specificity).unwrap();
            prop_assert_eq!(point.sensitivity, best);
            prop_assert!(curve.interpolated_sensitivity_at(specificity).unwrap() >= best);
            let sorted = SortedScores::new(&labels, &scores).unwrap();
            let ones = vec![1; labels.len()];
            prop_assert_eq!(sorted.sensitivity_at_weighted(specificity, &ones), Some(best));
            // A monotone map moves thresholds only.
            let bent: Vec<f64> = scores.iter().map(|s| s.exp()).collect();
            let bent = RocCurve::new(&labels, &bent).unwrap().sensitivity_at(specificity).unwrap();
            prop_assert_eq!(bent.threshold, point.threshold.map(f64::exp));
            prop_assert_eq!(bent.sensitivity, best);
        }
    }

    #[test]
    fn the_ends_are_points() {
        let curve = RocCurve::new(&[true, false], &[0.2, 0.2]).unwrap();
        let end = curve.sensitivity_at(0.0).unwrap();
        assert_eq!((end.threshold, end.sensitivity), (Some(0.2), 1.0));
        assert_eq!(curve.sensitivity_at(0.1).unwrap().threshold, None);
        assert_eq!(curve.interpolated_sensitivity_at(0.25).unwrap(), 0.75);
        assert!(curve.sensitivity_at(1.1).is_err());
        assert!(curve.interpolated_sensitivity_at(f64::NAN).is_err());
    }
}
