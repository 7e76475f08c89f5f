//! The Cholesky factor of a matrix that is far from singular.

use faer::MatMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor;
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use rand::RngExt as _;

use super::{Matrix, TOLERANCE};
use streams::stream;

/// Steps of inverse iteration. From a random start, the estimate of the smallest eigenvalue is
/// too large by more than `SAFETY` with a probability below 1e-12, for any number of channels.
const STEPS: usize = 16;

/// How far the smallest eigenvalue must be above where it would be dropped.
const SAFETY: f64 = 10.0;

/// `L` of `S = L Lᵀ`. What is above its diagonal is arbitrary.
#[derive(Clone, Debug)]
pub(crate) struct Cholesky {
    lower: Matrix,
}

impl Cholesky {
    /// Factors the symmetric `matrix` if all of its eigenvalues are surely above [`TOLERANCE`]
    /// times the largest.
    ///
    /// The Frobenius norm bounds the largest eigenvalue, and inverse iteration the smallest. The
    /// factor does not depend on the scales of channels, so it is at least as accurate as
    /// eigenvalues are.
    pub(crate) fn of(matrix: &Matrix) -> Option<Self> {
        let largest = matrix.square().sqrt();
        let parallel = faer::get_global_parallelism();
        let mut lower = matrix.clone();
        let scratch =
            factor::cholesky_in_place_scratch::<f64>(lower.rows(), parallel, Default::default());
        factor::cholesky_in_place(
            lower.view_mut(),
            Default::default(),
            parallel,
            MemStack::new(&mut MemBuffer::new(scratch)),
            Default::default(),
        )
        .ok()?;
        Some(Self { lower })
            .filter(|factor| factor.smallest_eigenvalue() > SAFETY * TOLERANCE * largest)
    }

    /// The triangle.
    pub(crate) fn lower(&self) -> &Matrix {
        &self.lower
    }

    /// An estimate of the smallest eigenvalue, from above.
    fn smallest_eigenvalue(&self) -> f64 {
        let mut random = stream(0, "inverse iteration", 0);
        let mut vector: Vec<f64> = (0..self.lower.rows())
            .map(|_| random.random_range(-1.0..1.0))
            .collect();
        let mut growth = 1.0;
        for _ in 0..STEPS {
            let norm = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
            vector.iter_mut().for_each(|v| *v /= norm);
            let mut column = MatMut::from_column_major_slice_mut(&mut vector, self.lower.rows(), 1);
            let lower = self.lower.view();
            solve_lower_triangular_in_place(lower, column.as_mut(), faer::Par::Seq);
            solve_upper_triangular_in_place(lower.transpose(), column, faer::Par::Seq);
            growth = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
        }
        1.0 / growth
    }
}
