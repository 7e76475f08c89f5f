//! A dense matrix whose memory can be taken from moments.

use faer::{Mat, MatMut, MatRef};

use super::decompose::{Vectors, eigenvalues, singular};
use crate::Reason;

/// Rows and columns from which eigenvalues are worth a try in place of singular values.
const LARGE: usize = 512;

/// Error of an eigenvalue of `M Mᵀ`, as a share of the largest; in practice it is below 1e-15.
const SQUARE_ROUNDING: f64 = 1e-14;

/// `[rows, columns]`, column-major.
#[derive(Clone, Debug)]
pub(crate) struct Matrix {
    values: Vec<f64>,
    rows: usize,
    columns: usize,
}

impl Matrix {
    /// Takes `rows · columns` values.
    pub(crate) fn new(mut values: Vec<f64>, rows: usize, columns: usize) -> Self {
        values.resize(rows * columns, 0.0);
        Self {
            values,
            rows,
            columns,
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    pub(crate) fn view(&self) -> MatRef<'_, f64> {
        MatRef::from_column_major_slice(&self.values, self.rows, self.columns)
    }

    pub(crate) fn view_mut(&mut self) -> MatMut<'_, f64> {
        MatMut::from_column_major_slice_mut(&mut self.values, self.rows, self.columns)
    }

    /// Leaves the rows and columns that are marked, in place.
    pub(crate) fn retain(&mut self, rows: &[bool], columns: &[bool]) {
        let mut end = 0;
        for (column, _) in columns.iter().enumerate().filter(|(_, keep)| **keep) {
            for (row, _) in rows.iter().enumerate().filter(|(_, keep)| **keep) {
                self.values[end] = self.values[column * self.rows + row];
                end += 1;
            }
        }
        self.values.truncate(end);
        self.rows = rows.iter().filter(|keep| **keep).count();
        self.columns = columns.iter().filter(|keep| **keep).count();
    }

    /// Sum of squares.
    pub(crate) fn square(&self) -> f64 {
        self.values.iter().map(|value| value * value).sum()
    }

    /// Singular values, largest first, each of them to rounding of the largest.
    pub(crate) fn singular_values(&self, what: &str) -> Result<Vec<f64>, Reason> {
        Ok(singular(self.view(), Vectors::No, what)?.values)
    }

    /// Singular values, largest first, whose sum is exact to 1e-10 of itself.
    ///
    /// Of large matrices these are roots of the eigenvalues of `M Mᵀ`, which take a third of the
    /// time, if the digits that squaring costs the small ones do not matter to the sum.
    pub(crate) fn singular_values_to_sum(&self, what: &str) -> Result<Vec<f64>, Reason> {
        if self.rows.min(self.columns) < LARGE {
            return self.singular_values(what);
        }
        let square = if self.rows <= self.columns {
            self.view() * self.view().transpose()
        } else {
            self.view().transpose() * self.view()
        };
        let squares = eigenvalues(square.as_ref(), what)?;
        drop(square);
        let mut values: Vec<f64> = squares
            .iter()
            .map(|square| square.max(0.0).sqrt())
            .collect();
        values.reverse();
        // A square is off by this at most, a root by its share of that or by the root of it.
        let off = SQUARE_ROUNDING * values[0] * values[0];
        let sum: f64 = values.iter().sum();
        let error: f64 = values.iter().map(|value| off.sqrt().min(off / value)).sum();
        if error <= 1e-10 * sum {
            return Ok(values);
        }
        self.singular_values(what)
    }
}

impl From<Mat<f64>> for Matrix {
    fn from(matrix: Mat<f64>) -> Self {
        let (rows, columns) = matrix.shape();
        let mut values = Vec::with_capacity(rows * columns);
        for column in 0..columns {
            values.extend(matrix.col(column).iter());
        }
        Self {
            values,
            rows,
            columns,
        }
    }
}
