use crate::{ClassScores, StatsError};

/// The share of cases whose highest score is that of their class, in `0..=1`; among equal scores
/// the lowest class counts as predicted. Equal to scikit-learn's `accuracy_score` on numpy's
/// `argmax`.
///
/// With unequal classes it rewards guessing the largest; it is not balanced accuracy.
pub fn accuracy(scores: &ClassScores<'_>, labels: &[usize]) -> Result<f64, StatsError> {
    scores.check_labels(labels)?;
    let predictions = scores.predictions();
    let right = predictions.iter().zip(labels).filter(|(p, l)| p == l);
    Ok(right.count() as f64 / labels.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_lowest_class() {
        let scores = [0.4, 0.4, 0.2, 0.1, 0.45, 0.45, 0.2, 0.3, 0.5];
        let scores = ClassScores::new(&scores, 3).unwrap();
        assert_eq!(scores.predictions(), [0, 1, 2]);
        assert_eq!(accuracy(&scores, &[0, 2, 2]).unwrap(), 2.0 / 3.0);
    }
}
