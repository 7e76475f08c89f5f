//! A Gram matrix taken apart.

use faer::{Mat, MatRef};

use super::Gram;
use super::kernel::{Centring, Kernel};
use crate::Reason;
use crate::linear::{Matrix, eigen};

/// `A` with `AAᵀ` the centred Gram matrix: the datapoints up to a rotation.
#[derive(Clone, Debug)]
pub(crate) struct Factor {
    /// `[n, rank]`
    directions: Mat<f64>,
    /// Frobenius norm of the datapoints.
    norm: f64,
}

impl Gram {
    /// The factor of the datapoints of `side` about their own mean.
    pub fn factor(&self, side: char) -> Result<Factor, Reason> {
        let n = self.datapoints;
        let what = format!("the Gram matrix of side {side}");
        let centred = Kernel::centre(self.inner.clone(), n, Centring::Biased);
        let matrix = MatRef::from_row_major_slice(centred.values(), n, n);
        let (values, vectors) = eigen(matrix, &what)?;
        // Below this an eigenvalue is rounding of the largest.
        let least = values[n - 1].max(0.0) * f64::EPSILON * n as f64;
        let kept: Vec<usize> = (0..n).filter(|&i| values[i] > least).collect();
        if kept.is_empty() {
            return Err(Reason::Diverged { what });
        }
        Ok(Factor {
            directions: Mat::from_fn(n, kept.len(), |row, column| {
                vectors[(row, kept[column])] * values[kept[column]].sqrt()
            }),
            norm: centred.trace().max(0.0).sqrt(),
        })
    }
}

impl Factor {
    /// `‖XᵀY‖⁎ / (‖X‖ ‖Y‖)` in `[0, 1]`, row `i` of `X` against row `pairing[i]` of `Y`.
    pub fn nuclear(&self, other: &Self, pairing: &[usize]) -> Result<f64, Reason> {
        let (n, rank) = other.directions.shape();
        let paired = Mat::from_fn(n, rank, |row, column| {
            other.directions[(pairing[row], column)]
        });
        let cross = Matrix::from(self.directions.transpose() * paired);
        let values = cross.singular_values("the product of the views")?;
        let sum: f64 = values.iter().sum();
        Ok((sum / (self.norm * other.norm)).clamp(0.0, 1.0))
    }
}
