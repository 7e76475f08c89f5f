//! Means and variances of pretrained tensors, and draws that have them.

use rand_chacha::ChaCha8Rng;

use super::draw::normal;

/// Mean and population variance over all entries, in f64.
pub(super) fn moments(values: &[f32]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
    (mean, squares.sum::<f64>() / n)
}

/// Mean and standard deviation over all entries, the variance over n − 1; 0 for a single entry.
pub(super) fn sample_moments(values: &[f32]) -> (f64, f64) {
    let (mean, variance) = moments(values);
    let n = values.len() as f64;
    match values.len() {
        0 | 1 => (mean, 0.0),
        _ => (mean, (variance * n / (n - 1.0)).sqrt()),
    }
}

/// Root of the mean over channels of their variance.
pub(super) fn channel_std(values: &[f32], channels: usize) -> f64 {
    let size = values.len() / channels.max(1);
    let variances = values.chunks_exact(size.max(1)).map(|c| moments(c).1);
    (variances.sum::<f64>() / channels.max(1) as f64).sqrt()
}

/// As many entries as `values` has, those of each of `channels` equal parts drawn from
/// N(mean, variance) of that part.
pub(super) fn by_channel(values: &[f32], channels: usize, stream: &mut ChaCha8Rng) -> Vec<f32> {
    let size = values.len() / channels.max(1);
    values
        .chunks_exact(size.max(1))
        .flat_map(|channel| {
            let (mean, variance) = moments(channel);
            normal(size, mean, variance.sqrt(), stream)
        })
        .collect()
}
