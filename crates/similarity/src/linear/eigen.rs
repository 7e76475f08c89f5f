//! Eigenvalues and eigenvectors of a covariance.

use faer::{Mat, MatRef};

use super::TOLERANCE;
use super::{Matrix, decompose};
use crate::Reason;

/// `S = V Λ Vᵀ`.
#[derive(Clone, Debug)]
pub(crate) struct Eigen {
    /// Largest first; those that rounding made negative are 0.
    values: Vec<f64>,
    /// `[size, size]`, in the order of faer: smallest first.
    vectors: Mat<f64>,
    rank: usize,
}

impl Eigen {
    /// Decomposes the symmetric `matrix`, what it is the covariance of being `what`.
    pub(crate) fn of(matrix: &Matrix, what: &str) -> Result<Self, Reason> {
        let (values, vectors) = decompose::eigen(matrix.view(), what)?;
        let values: Vec<f64> = values.iter().rev().map(|value| value.max(0.0)).collect();
        let least = TOLERANCE * values.first().copied().unwrap_or(0.0);
        let rank = values
            .iter()
            .filter(|&&value| value > 0.0 && value >= least);
        Ok(Self {
            rank: rank.count(),
            vectors,
            values,
        })
    }

    /// Eigenvalues, largest first.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Eigenvalues of at least [`TOLERANCE`] times the largest.
    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// `V Λ^power` of the leading `directions`, `[size, directions]`.
    pub(crate) fn scaled(&self, directions: usize, power: f64) -> Mat<f64> {
        let vectors = self.leading(directions);
        Mat::from_fn(vectors.nrows(), directions, |row, column| {
            vectors[(row, column)] * self.values[column].powf(power)
        })
    }

    fn leading(&self, directions: usize) -> MatRef<'_, f64> {
        self.vectors.as_ref().reverse_cols().subcols(0, directions)
    }
}
