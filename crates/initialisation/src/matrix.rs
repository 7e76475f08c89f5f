//! Products of matrices on slices.

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};

/// A matrix over the numbers of a slice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix<'a, T>(MatRef<'a, T>);

impl<'a, T> Matrix<'a, T> {
    /// Row-major, of so many columns, at least 1.
    pub(super) fn new(values: &'a [T], columns: usize) -> Self {
        let rows = values.len() / columns;
        Self(MatRef::from_row_major_slice(values, rows, columns))
    }

    pub(super) fn transposed(self) -> Self {
        Self(self.0.transpose())
    }
}

/// Terms of a sum that are added up before the next are begun, at most.
const DEPTH: usize = 512;

/// `a · b` `[rows of a, columns of b]`, row-major. Sums are taken in as few equal shares of at most
/// [`DEPTH`] terms as there can be, so that the bits depend neither on the processor's caches nor
/// on the number of threads.
pub(super) fn product<T: ComplexField>(a: Matrix<T>, b: Matrix<T>) -> Vec<T> {
    let (rows, columns, terms) = (a.0.nrows(), b.0.ncols(), a.0.ncols());
    let mut values = vec![T::zero_impl(); rows * columns];
    let mut into = MatMut::from_row_major_slice_mut(&mut values, rows, columns);
    let share = terms.div_ceil(terms.div_ceil(DEPTH).max(1)).max(1);
    for first in (0..terms).step_by(share) {
        let count = share.min(terms - first);
        let (a, b) = (a.0.subcols(first, count), b.0.subrows(first, count));
        matmul(
            into.as_mut(),
            Accum::Add,
            a,
            b,
            T::one_impl(),
            Par::rayon(0),
        );
    }
    values
}
