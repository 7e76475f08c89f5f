//! A dense matrix whose memory can be taken from moments.

use faer::{Mat, MatMut, MatRef};

use super::band::Band;
use super::bidiagonal::Bidiagonal;
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

    /// Singular values, largest first, each of them to rounding of the largest.
    ///
    /// In the memory of the matrix, by way of a [`Band`], bit-identical for any number of threads.
    pub(crate) fn singular_values(mut self, what: &str) -> Result<Vec<f64>, Reason> {
        // Squares must neither overflow nor vanish.
        let largest = self
            .values
            .iter()
            .fold(0.0, |most: f64, v| most.max(v.abs()));
        if largest > 0.0 {
            self.values.iter_mut().for_each(|value| *value /= largest);
        }
        let tall = if self.rows < self.columns {
            self.view_mut().transpose_mut()
        } else {
            self.view_mut()
        };
        let values = Bidiagonal::of(Band::of(tall)).singular_values();
        let mut values = values.ok_or_else(|| Reason::Diverged { what: what.into() })?;
        values.iter_mut().for_each(|value| *value *= largest);
        Ok(values)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linear::{Vectors, singular};
    use streams::stream;

    /// `[rows, columns]` of noise times `weight(i, j)`, of the rank at most.
    fn noise(
        rows: usize,
        columns: usize,
        rank: usize,
        weight: impl Fn(usize, usize) -> f64,
    ) -> Matrix {
        let mut random = stream(3, "noise", (rows * 1000 + columns) as u64);
        let mut draw =
            |rows, columns| Mat::from_fn(rows, columns, |_, _| random.random_range(-1.0..1.0_f64));
        let product = draw(rows, rank) * draw(rank, columns);
        Mat::from_fn(rows, columns, |i, j| product[(i, j)] * weight(i, j)).into()
    }

    /// Whether the singular values are those of the other decomposition, and grow with `scale`.
    fn check(matrix: Matrix, scale: f64) {
        let [rows, columns] = [matrix.rows, matrix.columns];
        let expected = singular(matrix.view(), Vectors::Thin, "a test");
        let expected = expected.expect("converges").values;
        let values = matrix.values.iter().map(|value| value * scale).collect();
        let scaled = Matrix::new(values, rows, columns);
        let found = scaled.singular_values("a test").expect("converges");
        assert_eq!(found.len(), expected.len());
        let rounding = f64::EPSILON * (16 + rows.max(columns)) as f64 * expected[0];
        for (found, expected) in found.iter().zip(&expected) {
            let found = found / scale;
            assert!(
                (found - expected).abs() <= rounding,
                "{found:e} for {expected:e} of {rows} × {columns}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn singular_values_are_those_of_the_other_decomposition(
            rows in 1usize..140, columns in 1usize..140, rank in 1usize..140, scale in -200i32..200,
        ) {
            check(noise(rows, columns, rank, |_, _| 1.0), 10.0_f64.powi(scale));
        }
    }

    #[test]
    fn singular_values_of_unusual_matrices() {
        for size in [1, 2, 31, 32, 33, 64, 65, 96, 97, 300] {
            check(
                noise(size, size, size, |i, j| f64::from(u8::from(i == j))),
                1.0,
            );
            check(
                noise(size, size, size, |i, j| 0.9_f64.powi((i + j) as i32)),
                1.0,
            );
            check(
                noise(size, size, size, |i, j| f64::from(u8::from(j == i + 1))),
                1.0,
            );
            // Clustered: nearly the identity.
            let mut clustered = noise(size, size, size, |_, _| 1e-13);
            (0..size).for_each(|at| clustered.values[at * (size + 1)] += 1.0);
            check(clustered, 1.0);
            check(noise(size, size, 1, |_, _| 0.0), 1.0);
        }
        check(noise(600, 500, 480, |_, j| 1.0 + j as f64), 1.0);
        let broken = Matrix::new(vec![1.0, f64::NAN, 0.0, 1.0], 2, 2);
        assert!(broken.singular_values("a test").is_err());
    }

    #[test]
    fn threads_do_not_change_bits() {
        let matrix = noise(600, 500, 500, |_, _| 1.0);
        let by = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let values = pool
                .expect("starts")
                .install(|| matrix.clone().singular_values("a test"));
            values.expect("converges")
        };
        let expected = by(1);
        assert_eq!(by(2), expected);
        assert_eq!(by(3), expected);
    }
}
