use crate::input::same_length;
use crate::uncertainty::quantile::normal_two_sided;
use crate::{Delong, StatsError};

/// Two ROC curves on the same cases, compared with DeLong's test.
///
/// The covariance of the two AUCs comes from the products of their structural components:
/// DeLong, DeLong and Clarke-Pearson, Biometrics 1988.
///
/// It compares two fixed scores. A claim about two ways of training needs several seeds:
/// the crate `decisions`.
///
/// ```
/// use stats::{Delong, PairedCurves};
/// let labels = [false, false, false, false, true, true, true, true];
/// let first = Delong::new(&labels, &[0.1, 0.2, 0.3, 0.6, 0.4, 0.7, 0.8, 0.9])?;
/// let second = Delong::new(&labels, &[0.5, 0.2, 0.3, 0.6, 0.4, 0.1, 0.8, 0.9])?;
/// assert_eq!((first.auc(), second.auc()), (0.9375, 0.625));
/// let paired = PairedCurves::new(&first, &second)?;
/// assert_eq!(paired.difference, 0.3125);
/// assert!(paired.test.is_some_and(|test| test.p > 0.05)); // eight cases show little
/// # Ok::<(), stats::StatsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PairedCurves {
    /// Covariance matrix of the two AUCs; DeLong's variances on the diagonal.
    pub covariance: [[f64; 2]; 2],
    /// AUC of the first less AUC of the second, in `−1..=1`.
    pub difference: f64,
    /// Standard error of the difference.
    pub standard_error: f64,
    /// The test that the two AUCs are equal. `None` when the standard error is zero: the curves
    /// then differ by the same amount in every case (most often they order all cases alike), and
    /// these cases hold no evidence about chance variation.
    pub test: Option<ZTest>,
}

/// A two-sided test against the normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZTest {
    /// Difference over standard error.
    pub z: f64,
    /// Two-sided p value, in `0..=1`.
    pub p: f64,
}

impl PairedCurves {
    /// Both curves need the same cases in the same order, with the same labels.
    pub fn new(first: &Delong, second: &Delong) -> Result<Self, StatsError> {
        same_labels(first, second)?;
        let (a, b) = (first.estimate()?, second.estimate()?);
        let shared = a.influence().covariance(b.influence())?;
        let contrast = a.difference(&b)?;
        let standard_error = contrast.influence().variance().sqrt();
        let test = (standard_error > 0.0).then(|| {
            let z = contrast.value() / standard_error;
            ZTest {
                z,
                p: normal_two_sided(z),
            }
        });
        Ok(Self {
            covariance: [
                [a.influence().variance(), shared],
                [shared, b.influence().variance()],
            ],
            difference: contrast.value(),
            standard_error,
            test,
        })
    }
}

fn same_labels(first: &Delong, second: &Delong) -> Result<(), StatsError> {
    let cases = |curve: &Delong| curve.positives().len() + curve.negatives().len();
    same_length("cases of the second curve", cases(first), cases(second))?;
    let (a, b) = (first.positives(), second.positives());
    if a == b {
        return Ok(());
    }
    // Both lists ascend, so the smaller entry at the first mismatch is the case that differs.
    let at = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let case = [a.get(at), b.get(at)].into_iter().flatten().min();
    Err(StatsError::LabelsDiffer {
        case: case.copied().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_does_not_differ_from_itself() {
        let labels = [true, false, true, false, true];
        let curve = Delong::new(&labels, &[0.9, 0.8, 0.7, 0.1, 0.2]).unwrap();
        let pair = PairedCurves::new(&curve, &curve).unwrap();
        assert_eq!((pair.difference, pair.standard_error), (0.0, 0.0));
        assert_eq!(pair.test, None);
    }

    #[test]
    fn labels_must_agree() {
        let scores = [0.9, 0.8, 0.7, 0.1];
        let a = Delong::new(&[true, false, true, false], &scores).unwrap();
        let b = Delong::new(&[true, true, false, false], &scores).unwrap();
        assert_eq!(
            PairedCurves::new(&a, &b).unwrap_err(),
            StatsError::LabelsDiffer { case: 1 }
        );
        let c = Delong::new(&[true, false, false], &scores[..3]).unwrap();
        assert!(PairedCurves::new(&a, &c).is_err());
    }
}
