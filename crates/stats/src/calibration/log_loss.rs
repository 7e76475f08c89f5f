use crate::input::{check_probabilities, same_length};
use crate::{ClassScores, StatsError};

/// Mean of `−ln p` of the true class, in nats per case, from 0 up to `−ln ε ≈ 36.04`.
///
/// As scikit-learn's `log_loss(labels, probabilities, labels=range(classes))` on `float64`
/// arrays: probabilities are cut to `ε..=1 − ε` with `ε = 2.2e-16`, so that one confident mistake
/// costs much but not everything. Rows are first divided by their sum, which undoes the rounding
/// of a softmax in single precision. It mixes discrimination and calibration; it measures neither
/// alone.
pub fn log_loss(probabilities: &ClassScores<'_>, labels: &[usize]) -> Result<f64, StatsError> {
    probabilities.check_labels(labels)?;
    probabilities.check_probabilities()?;
    let losses = probabilities.rows().zip(labels).map(|(row, &label)| {
        let sum: f64 = row.iter().sum();
        surprise(row[label] / sum)
    });
    Ok(losses.sum::<f64>() / labels.len() as f64)
}

/// Log loss of one finding or of a binary task, in nats per case: the mean of `−ln p` where the
/// label is true and `−ln (1 − p)` where it is false, cut as in [`log_loss`](fn@crate::log_loss).
///
/// `probabilities`: of the label being true, in `0..=1`.
pub fn binary_log_loss(labels: &[bool], probabilities: &[f64]) -> Result<f64, StatsError> {
    if labels.is_empty() {
        return Err(StatsError::Empty { what: "labels" });
    }
    same_length("probabilities", labels.len(), probabilities.len())?;
    check_probabilities("probabilities", probabilities)?;
    let losses = labels
        .iter()
        .zip(probabilities)
        .map(|(&positive, &p)| surprise(if positive { p } else { 1.0 - p }));
    Ok(losses.sum::<f64>() / labels.len() as f64)
}

fn surprise(probability: f64) -> f64 {
    -probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
}
