//! Products of matrices on slices.

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

/// `a · b` `[rows of a, columns of b]`, row-major: the same bits on any number of threads.
pub(super) fn product<T: ComplexField>(a: Matrix<T>, b: Matrix<T>) -> Vec<T> {
    let (rows, columns) = (a.0.nrows(), b.0.ncols());
    let mut values = vec![T::zero_impl(); rows * columns];
    let into = MatMut::from_row_major_slice_mut(&mut values, rows, columns);
    let one = T::one_impl();
    faer::linalg::matmul::matmul(into, Accum::Replace, a.0, b.0, one, Par::Seq);
    values
}
