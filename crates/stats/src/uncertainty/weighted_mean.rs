/// Mean of values that occur as often as their weights say; `None` when no value has a weight or
/// `weights` has not one weight per value.
///
/// For [`Bootstrap`](crate::Bootstrap): whatever is a mean over cases, such as a Brier score,
/// a log loss or an accuracy, is resampled as the mean of its values per case.
pub fn weighted_mean(values: &[f64], weights: &[u32]) -> Option<f64> {
    if values.len() != weights.len() {
        return None;
    }
    let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
    let sum: f64 = values
        .iter()
        .zip(weights)
        .map(|(v, &w)| v * f64::from(w))
        .sum();
    (total > 0).then(|| sum / total as f64)
}
