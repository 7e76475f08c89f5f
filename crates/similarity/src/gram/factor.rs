//! A Gram matrix taken apart.

use faer::{Mat, MatRef, Side};

use super::Gram;
use super::kernel::{Centring, Kernel};

/// `A` with `AAᵀ` the centred Gram matrix: the datapoints up to a rotation.
#[derive(Clone, Debug)]
pub(crate) struct Factor {
    /// `[n, rank]`
    directions: Mat<f64>,
    /// Frobenius norm of the datapoints.
    norm: f64,
}

impl Gram {
    /// The factor of the datapoints about their own mean; none where the decomposition fails.
    pub fn factor(&self) -> Option<Factor> {
        let n = self.datapoints;
        let centred = Kernel::centre(self.inner.clone(), n, Centring::Biased);
        let matrix = MatRef::from_row_major_slice(centred.values(), n, n);
        let eigen = matrix.self_adjoint_eigen(Side::Lower).ok()?;
        let values = eigen.S().column_vector();
        let largest = values[n - 1].max(0.0);
        // Below this an eigenvalue is rounding of the largest.
        let least = largest * f64::EPSILON * n as f64;
        let kept: Vec<usize> = (0..n).filter(|&i| values[i] > least).collect();
        if kept.is_empty() {
            return None;
        }
        let directions = Mat::from_fn(n, kept.len(), |row, column| {
            eigen.U()[(row, kept[column])] * values[kept[column]].sqrt()
        });
        Some(Factor {
            directions,
            norm: centred.trace().max(0.0).sqrt(),
        })
    }
}

impl Factor {
    /// `‖XᵀY‖⁎ / (‖X‖ ‖Y‖)` in `[0, 1]`, row `i` of `X` against row `pairing[i]` of `Y`; none
    /// where the decomposition fails.
    pub fn nuclear(&self, other: &Self, pairing: &[usize]) -> Option<f64> {
        let (n, rank) = other.directions.shape();
        let paired = Mat::from_fn(n, rank, |row, column| {
            other.directions[(pairing[row], column)]
        });
        let cross = self.directions.transpose() * paired;
        let sum: f64 = cross.singular_values().ok()?.into_iter().sum();
        Some((sum / (self.norm * other.norm)).clamp(0.0, 1.0))
    }
}
