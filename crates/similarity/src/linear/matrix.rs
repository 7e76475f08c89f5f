//! A dense matrix whose memory can be taken from moments.

use faer::{Mat, MatMut, MatRef};

use crate::Reason;

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

    /// Singular values, largest first.
    pub(crate) fn singular_values(&self, what: &str) -> Result<Vec<f64>, Reason> {
        self.view().singular_values().map_err(|_| diverged(what))
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

/// The reason where a decomposition does not converge.
pub(crate) fn diverged(what: &str) -> Reason {
    Reason::Diverged { what: what.into() }
}
