use crate::StatsError;
use crate::discrimination::ranking::Ranking;

/// Area under the precision-recall curve as average precision, in `0..=1`.
///
/// `AP = Σ (Rₙ − Rₙ₋₁) · Pₙ` over the distinct scores from the highest down, all cases of one
/// score entering together: scikit-learn's `average_precision_score`. It is not the trapezoidal
/// area, which interpolates between points that no threshold reaches and is too high.
///
/// Its chance level is the share of positive cases, so it compares scores on the same cases, not
/// across test sets.
///
/// `labels`: true for positive cases; `scores`: one finite number per case. `O(n log n)`.
pub fn average_precision(labels: &[bool], scores: &[f64]) -> Result<f64, StatsError> {
    let ranking = Ranking::new(labels, scores)?;
    let total = ranking.positives as f64;
    let (mut found, mut taken, mut sum) = (0usize, 0usize, 0.0);
    for group in ranking.groups().rev() {
        found += group.positives;
        taken += group.cases.len();
        let precision = found as f64 / taken as f64;
        sum += group.positives as f64 / total * precision;
    }
    Ok(sum.min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_enter_together() {
        // sklearn.metrics.average_precision_score([1,0,1,0,0], [.9,.9,.5,.1,.1]) = 0.5833333333333333
        let labels = [true, false, true, false, false];
        let value = average_precision(&labels, &[0.9, 0.9, 0.5, 0.1, 0.1]).unwrap();
        assert!((value - 0.583_333_333_333_333_3).abs() < 1e-15);
        assert_eq!(average_precision(&labels, &[0.3; 5]).unwrap(), 0.4);
    }
}
