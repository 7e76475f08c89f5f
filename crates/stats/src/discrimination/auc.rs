use crate::StatsError;
use crate::discrimination::ranking::Ranking;

/// Area under the ROC curve, in `0..=1`; 0.5 is chance.
///
/// The Mann-Whitney statistic with midranks for ties: over all pairs of a positive and a negative
/// case, the share in which the positive scores higher, a tie counting one half. Equal to
/// scikit-learn's `roc_auc_score` for binary labels.
///
/// It says nothing about calibration or about any one operating point, and it does not depend on
/// prevalence, which [`average_precision`](fn@crate::average_precision) does.
///
/// `labels`: true for positive cases; `scores`: one finite number per case, higher meaning more
/// likely positive. `O(n log n)`.
///
/// ```
/// let labels = [false, false, true, true];
/// assert_eq!(stats::auc(&labels, &[0.1, 0.4, 0.35, 0.8])?, 0.75); // 3 of 4 pairs in order
/// assert!(stats::auc(&[true, true], &[0.1, 0.4]).is_err());
/// # Ok::<(), stats::StatsError>(())
/// ```
pub fn auc(labels: &[bool], scores: &[f64]) -> Result<f64, StatsError> {
    let ranking = Ranking::new(labels, scores)?;
    Ok(ranking.area())
}

impl Ranking<'_> {
    /// The AUC of the ranked scores. Pairs are counted in whole numbers, so it is exact up to the
    /// final division.
    pub(crate) fn area(&self) -> f64 {
        let mut negatives_below = 0u128;
        let mut half_pairs = 0u128;
        for group in self.groups() {
            let tied = group.negatives as u128;
            half_pairs += group.positives as u128 * (2 * negatives_below + tied);
            negatives_below += tied;
        }
        let pairs = self.positives as u128 * self.negatives as u128;
        half_pairs as f64 / (2 * pairs) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, pair by pair.
    fn brute_force(labels: &[bool], scores: &[f64]) -> f64 {
        let (mut sum, mut pairs) = (0.0, 0.0);
        for (i, _) in labels.iter().enumerate().filter(|(_, l)| **l) {
            for (j, _) in labels.iter().enumerate().filter(|(_, l)| !**l) {
                pairs += 1.0;
                if scores[i] > scores[j] {
                    sum += 1.0;
                } else if scores[i] == scores[j] {
                    sum += 0.5;
                }
            }
        }
        sum / pairs
    }

    fn cases() -> impl Strategy<Value = (Vec<bool>, Vec<f64>)> {
        // Scores on a coarse grid, so that ties are common.
        prop::collection::vec(
            (any::<bool>(), (-12i32..12).prop_map(|s| f64::from(s) / 4.0)),
            2..60,
        )
        .prop_map(|cases| cases.into_iter().unzip())
        .prop_filter("both classes", |(labels, _): &(Vec<bool>, Vec<f64>)| {
            labels.contains(&true) && labels.contains(&false)
        })
    }

    proptest! {
        #[test]
        fn equals_the_definition((labels, scores) in cases()) {
            let area = auc(&labels, &scores).unwrap();
            prop_assert!((area - brute_force(&labels, &scores)).abs() < 1e-12);
        }

        #[test]
        fn depends_on_the_order_only((labels, scores) in cases()) {
            let bent: Vec<f64> = scores.iter().map(|s| (3.0 * s - 1.0).exp()).collect();
            prop_assert_eq!(auc(&labels, &scores).unwrap(), auc(&labels, &bent).unwrap());
        }

        #[test]
        fn turns_over_with_the_sign((labels, scores) in cases()) {
            let negated: Vec<f64> = scores.iter().map(|s| -s).collect();
            let sum = auc(&labels, &scores).unwrap() + auc(&labels, &negated).unwrap();
            prop_assert!((sum - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn both_zeros_tie() {
        assert_eq!(auc(&[true, false], &[-0.0, 0.0]).unwrap(), 0.5);
    }

    #[test]
    fn bad_input_has_a_reason() {
        assert_eq!(
            auc(&[], &[]).unwrap_err(),
            StatsError::Empty { what: "labels" }
        );
        let error = auc(&[true, true], &[0.1, 0.2]).unwrap_err();
        assert_eq!(
            error,
            StatsError::OneClass {
                positives: 2,
                negatives: 0
            }
        );
        let error = auc(&[true, false], &[0.1]).unwrap_err();
        assert_eq!(error.to_string(), "scores: expected 2 values, found 1");
        let error = auc(&[true, false], &[0.1, f64::NAN]).unwrap_err();
        assert!(error.to_string().contains("value 1 is NaN"), "{error}");
    }
}
