use crate::input::check_share;
use crate::{RocCurve, SortedScores, StatsError};

/// A range of specificity, `low < high`, both in `0..=1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpecificityRange {
    low: f64,
    high: f64,
}

/// The area under a part of the ROC curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartialAuc {
    /// The area itself, in `0..=high − low`.
    pub area: f64,
    /// McClish's standardised area (Medical Decision Making 1989): with the area `d` that chance
    /// has in the same range, `½ (1 + (area − d) / (high − low − d))`. 0.5 is chance and 1
    /// perfect. Below chance it says little, and in ranges of low specificity it then falls below
    /// 0, where pROC gives no value.
    pub standardised: f64,
}

impl SpecificityRange {
    /// From `low` to `high`; `low` below `high`, both in `0..=1`.
    pub fn new(low: f64, high: f64) -> Result<Self, StatsError> {
        check_share("specificity", low)?;
        check_share("specificity", high)?;
        if low >= high {
            return Err(StatsError::Parameter {
                parameter: "lower end of a range of specificity",
                expected: "a number below its upper end",
                found: low,
            });
        }
        Ok(Self { low, high })
    }

    /// The range from `low`, below 1, to 1.
    pub fn at_least(low: f64) -> Result<Self, StatsError> {
        Self::new(low, 1.0)
    }

    /// Lower end, in `0..1`.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Upper end, above `low` and at most 1.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// The area within the range below the straight line between two neighbours on the curve,
    /// each as (specificity, sensitivity).
    fn area_between(&self, (s0, t0): (f64, f64), (s1, t1): (f64, f64)) -> f64 {
        let (from, to) = (s0.min(self.high), s1.max(self.low));
        if from <= to {
            return 0.0;
        }
        let sensitivity = |s: f64| t0 + (t1 - t0) * (s0 - s) / (s0 - s1);
        (from - to) * (sensitivity(from) + sensitivity(to)) / 2.0
    }

    fn standardise(&self, area: f64) -> PartialAuc {
        let width = self.high - self.low;
        let by_chance = width * (1.0 - (self.low + self.high) / 2.0);
        PartialAuc {
            area,
            standardised: 0.5 * (1.0 + (area - by_chance) / (width - by_chance)),
        }
    }
}

/// The area under the ROC curve within a range of specificity, for tasks in which the rest of
/// the curve is of no use.
///
/// The trapezoidal area, the curve being straight between its points, also at the ends of the
/// range. `at_least(1 − x)` standardised is scikit-learn's `roc_auc_score(max_fpr=x)`; all ranges
/// are those of pROC's `auc(partial.auc = c(low, high), partial.auc.correct = TRUE)`. It uses
/// fewer cases than the AUC and so is less certain; intervals come from
/// [`Bootstrap`](crate::Bootstrap).
///
/// `labels`: true for positive cases; `scores`: one finite number per case. `O(n log n)`.
pub fn partial_auc(
    labels: &[bool],
    scores: &[f64],
    range: SpecificityRange,
) -> Result<PartialAuc, StatsError> {
    let curve = RocCurve::new(labels, scores)?;
    let points = curve.points().windows(2).map(|pair| {
        let [a, b] = [&pair[0], &pair[1]].map(|point| (point.specificity, point.sensitivity));
        range.area_between(a, b)
    });
    Ok(range.standardise(points.sum()))
}

impl SortedScores {
    /// As [`partial_auc`](fn@crate::partial_auc), of the cases repeated by their weights.
    ///
    /// `weights`: one per case, in the order of the cases.
    pub fn partial_auc_weighted(
        &self,
        range: SpecificityRange,
        weights: &[u32],
    ) -> Option<PartialAuc> {
        let totals = self.totals(weights)?;
        let (mut found, mut passed) = (0, totals.negatives);
        let mut before = (1.0, 0.0);
        let mut area = 0.0;
        self.walk(weights, true, |tie| {
            found += tie.positives;
            passed -= tie.negatives;
            let point = (
                passed as f64 / totals.negatives as f64,
                found as f64 / totals.positives as f64,
            );
            area += range.area_between(before, point);
            before = point;
        })?;
        Some(range.standardise(area))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auc;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_add_up_to_the_auc(
            cases in prop::collection::vec((any::<bool>(), -6i32..6, 0u32..3), 2..60),
            cut in 0.01f64..0.99,
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.0).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.1)).collect();
            let weights: Vec<u32> = cases.iter().map(|c| c.2).collect();
            let Ok(whole) = auc(&labels, &scores) else {
                return Ok(());
            };
            let part = |low, high| {
                partial_auc(&labels, &scores, SpecificityRange::new(low, high).unwrap()).unwrap()
            };
            prop_assert!((part(0.0, cut).area + part(cut, 1.0).area - whole).abs() < 1e-12);
            prop_assert!((part(0.0, 1.0).standardised - whole).abs() < 1e-12);
            prop_assert!(part(cut, 1.0).standardised <= 1.0 + 1e-12);

            let sorted = SortedScores::new(&labels, &scores).unwrap();
            let range = SpecificityRange::at_least(cut).unwrap();
            let ones = sorted.partial_auc_weighted(range, &vec![1; labels.len()]).unwrap();
            prop_assert!((ones.area - part(cut, 1.0).area).abs() < 1e-14);
            let repeat = |case: usize| std::iter::repeat_n(case, weights[case] as usize);
            let cases: Vec<usize> = (0..labels.len()).flat_map(repeat).collect();
            let labels: Vec<bool> = cases.iter().map(|&case| labels[case]).collect();
            let scores: Vec<f64> = cases.iter().map(|&case| scores[case]).collect();
            let repeated = partial_auc(&labels, &scores, range).ok();
            let weighted = sorted.partial_auc_weighted(range, &weights);
            prop_assert_eq!(repeated.is_some(), weighted.is_some());
            if let (Some(a), Some(b)) = (repeated, weighted) {
                prop_assert!((a.area - b.area).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn a_range_has_a_width() {
        assert!(SpecificityRange::new(0.9, 0.9).is_err());
        assert!(SpecificityRange::at_least(1.0).is_err());
        assert!(SpecificityRange::new(f64::NAN, 1.0).is_err());
        assert!(SpecificityRange::new(0.5, 1.5).is_err());
    }
}
