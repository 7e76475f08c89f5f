use crate::StatsError;
use crate::input::{CLASS_LIMIT, check_classes, same_length};

/// Cohen's kappa with quadratic weights, in `−1..=1`: agreement of ordered grades beyond chance,
/// a miss by `d` grades costing `d²`.
///
/// `κ = 1 − Σ wᵢⱼ Oᵢⱼ / Σ wᵢⱼ Eᵢⱼ`, `wᵢⱼ = (i − j)²`. Equal to scikit-learn's
/// `cohen_kappa_score(truth, predicted, weights="quadratic", labels=range(classes))`; without
/// `labels`, scikit-learn closes the gap that a grade absent from both leaves, and so calls grades
/// 1 and 3 neighbours where no 2 occurs. It depends on how common the grades are, so it does not
/// compare across test sets.
///
/// `truth`, `predicted`: one grade per case, below `classes` (2 to 65,536). Undefined, with a
/// reason, when both hold one and the same grade throughout. `O(n)`: with squared distances both
/// sums follow from sums and sums of squares, in whole numbers.
pub fn quadratic_kappa(
    truth: &[usize],
    predicted: &[usize],
    classes: usize,
) -> Result<f64, StatsError> {
    if !(2..=CLASS_LIMIT).contains(&classes) {
        return Err(StatsError::ClassCount {
            found: classes,
            limit: CLASS_LIMIT,
        });
    }
    if truth.is_empty() {
        return Err(StatsError::Empty { what: "truth" });
    }
    same_length("predicted", truth.len(), predicted.len())?;
    check_classes("truth", truth, classes)?;
    check_classes("predicted", predicted, classes)?;

    let cases = truth.len() as u128;
    let sum = |grades: &[usize]| grades.iter().map(|&g| g as u128).sum::<u128>();
    let squares = |grades: &[usize]| grades.iter().map(|&g| (g as u128).pow(2)).sum::<u128>();
    let observed: u128 = truth
        .iter()
        .zip(predicted)
        .map(|(&a, &b)| (a.abs_diff(b) as u128).pow(2))
        .sum();
    // Both sides times the number of cases, to stay in whole numbers.
    let expected = cases * (squares(truth) + squares(predicted)) - 2 * sum(truth) * sum(predicted);
    if expected == 0 {
        return Err(StatsError::KappaUndefined {
            cases: truth.len(),
            class: truth[0],
        });
    }
    Ok(1.0 - (cases * observed) as f64 / expected as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_grade_throughout_is_undefined() {
        assert_eq!(
            quadratic_kappa(&[2, 2, 2], &[2, 2, 2], 5).unwrap_err(),
            StatsError::KappaUndefined { cases: 3, class: 2 }
        );
        assert_eq!(quadratic_kappa(&[0, 1, 2], &[1, 1, 1], 3).unwrap(), 0.0);
        assert_eq!(quadratic_kappa(&[0, 1], &[1, 0], 2).unwrap(), -1.0);
    }
}
