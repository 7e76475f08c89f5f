//! Gaussian kernels of the distances between datapoints.

use rayon::prelude::*;

use super::Gram;

impl Gram {
    /// `exp(−‖xᵢ − xⱼ‖² / (2 t² m))`, `[n, n]`, with `m` the median of all squared distances, the
    /// zeros of the diagonal included (Kornblith 2019, as in the code published with it).
    ///
    /// None where the median is 0, because most pairs of datapoints are identical.
    pub fn gaussian(&self, width: f64) -> Option<Vec<f64>> {
        let n = self.datapoints;
        let mut kernel = self.inner.clone();
        kernel.par_chunks_mut(n).enumerate().for_each(|(i, row)| {
            let own = self.inner[i * n + i];
            for (j, value) in row.iter_mut().enumerate() {
                let distance = own + self.inner[j * n + j] - 2.0 * *value;
                // Identical datapoints differ by rounding.
                *value = if i == j { 0.0 } else { distance.max(0.0) };
            }
        });
        let median = median(kernel.clone());
        let largest = (0..n).map(|i| self.inner[i * n + i]).fold(0.0, f64::max);
        if median <= 1e-14 * largest || !median.is_finite() {
            return None;
        }
        let scale = -0.5 / (width * width * median);
        kernel
            .par_iter_mut()
            .for_each(|value| *value = (scale * *value).exp());
        Some(kernel)
    }
}

/// Mean of the two middle values, or the middle one.
fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if values.len().is_multiple_of(2) {
        (lower + upper) / 2.0
    } else {
        upper
    }
}
