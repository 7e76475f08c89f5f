//! Moving sums to another pilot.

/// The sums of one view that a move of the pilot multiplies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First<'a> {
    /// Datapoints.
    pub(crate) count: f64,
    /// `Σ x̃ᵢ`, `[channels]`
    pub(crate) sum: &'a [f64],
    /// `Σ ‖x̃ᵢ‖²`
    pub(crate) norm_sum: f64,
}

impl First<'_> {
    /// `Σ (x̃ᵢ + δ)`.
    pub(crate) fn sum_moved(&self, delta: &[f64]) -> Vec<f64> {
        self.sum
            .iter()
            .zip(delta)
            .map(|(sum, delta)| sum + self.count * delta)
            .collect()
    }

    /// `Σ ‖x̃ᵢ + δ‖²`.
    pub(crate) fn norm_sum_moved(&self, delta: &[f64]) -> f64 {
        self.norm_sum + 2.0 * dot(delta, self.sum) + self.count * dot(delta, delta)
    }
}

/// `Σ aᵢ`
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

/// `into += scale · from`
pub(crate) fn add_scaled(into: &mut [f64], scale: f64, from: &[f64]) {
    for (into, from) in into.iter_mut().zip(from) {
        *into += scale * from;
    }
}

/// `M v` of a row-major matrix with `v.len()` columns.
pub(crate) fn times(matrix: &[f64], v: &[f64]) -> Vec<f64> {
    if v.is_empty() {
        return Vec::new();
    }
    matrix
        .chunks_exact(v.len())
        .map(|row| dot(row, v))
        .collect()
}

/// `Mᵀ v` of a row-major matrix with `v.len()` rows and `columns` columns.
pub(crate) fn transposed_times(matrix: &[f64], v: &[f64], columns: usize) -> Vec<f64> {
    let mut product = vec![0.0; columns];
    if columns > 0 {
        for (row, v) in matrix.chunks_exact(columns).zip(v) {
            add_scaled(&mut product, *v, row);
        }
    }
    product
}
