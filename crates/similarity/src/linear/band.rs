//! From a dense matrix to a band with the same singular values.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::reflection::{add_scaled, dot, reflection};

/// Superdiagonals of a band. More of them make the products faster that lead to it, and the
/// chase slower that leads on.
pub(super) const WIDTH: usize = 32;

/// Rows of a column that are kept: while bulges are chased they reach `2 · WIDTH − 1` above the
/// diagonal, and `WIDTH − 1` below it.
const HEIGHT: usize = 3 * WIDTH;

/// Columns or rows that one task reflects.
const CHUNK: usize = 192;

/// An upper triangular band, `[size, size]`.
#[derive(Clone, Debug)]
pub(super) struct Band {
    pub(super) size: usize,
    /// `[size, HEIGHT]`, a column of the band a row here.
    values: Vec<f64>,
}

impl Band {
    /// A band with the singular values of `matrix`, which has no fewer rows than columns and is
    /// used up.
    ///
    /// Panels of columns and rows in turn become triangles by reflections, which the rest of the
    /// matrix takes in as products (Großer and Lang 1999).
    pub(super) fn of(mut matrix: MatMut<f64>) -> Self {
        let (rows, columns) = matrix.shape();
        let mut band = Self {
            size: columns,
            values: vec![0.0; columns * HEIGHT],
        };
        for start in (0..columns).step_by(WIDTH) {
            let end = columns.min(start + WIDTH);
            let panel = matrix
                .as_ref()
                .submatrix(start, start, rows - start, end - start);
            let factored = Reflections::of(panel, |row, column, value| {
                *band.at(start + row, start + column) = value;
            });
            if end == columns {
                break;
            }
            let mut rest = matrix
                .as_mut()
                .submatrix_mut(start, end, rows - start, columns - end);
            (rest.as_mut().par_col_chunks_mut(CHUNK)).for_each(|chunk| factored.on_the_left(chunk));

            let panel = rest.as_ref().subrows(0, end - start).transpose();
            let factored = Reflections::of(panel, |row, column, value| {
                *band.at(start + column, end + row) = value;
            });
            if end == rows {
                break;
            }
            let rest = rest.subrows_mut(end - start, rows - end);
            (rest.par_row_chunks_mut(CHUNK)).for_each(|chunk| factored.on_the_right(chunk));
        }
        band
    }

    /// The element of this row and column.
    #[inline(always)]
    pub(super) fn at(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.values[column * HEIGHT + row + 2 * WIDTH - column]
    }

    /// Some rows of one column.
    #[inline(always)]
    pub(super) fn rows(
        &mut self,
        rows: std::ops::RangeInclusive<usize>,
        column: usize,
    ) -> &mut [f64] {
        let start = column * HEIGHT + rows.start() + 2 * WIDTH - column;
        &mut self.values[start..=start + rows.end() - rows.start()]
    }
}

/// `Q = I − V T Vᵀ`, the product of the reflections that make a panel triangular.
struct Reflections {
    /// `V`, `[rows, reflections]`, lower trapezoidal.
    vectors: Mat<f64>,
    /// `T`, `[reflections, reflections]`, upper triangular.
    factor: Mat<f64>,
}

impl Reflections {
    /// Factors `panel` into `Q R`, and hands out the elements of the triangle `R`.
    fn of(panel: MatRef<f64>, mut triangle: impl FnMut(usize, usize, f64)) -> Self {
        let (rows, columns) = panel.shape();
        let count = rows.min(columns);
        let mut values = Vec::with_capacity(rows * columns);
        for column in panel.col_iter() {
            values.extend(column.iter());
        }
        let mut factor = Mat::zeros(count, count);
        let mut taus = vec![0.0; count];
        pulp::Arch::new().dispatch(Factor {
            panel: &mut values,
            rows,
            taus: &mut taus,
        });
        for column in 0..columns {
            let values = &mut values[column * rows..][..rows];
            let diagonal = column.min(rows);
            for row in 0..(diagonal + 1).min(rows) {
                triangle(row, column, values[row]);
            }
            values[..diagonal].fill(0.0);
            if diagonal < rows {
                values[diagonal] = 1.0;
            }
        }
        let vectors = Mat::from_fn(rows, count, |row, column| values[column * rows + row]);
        let products = product(vectors.transpose(), vectors.as_ref());
        for column in 0..count {
            factor[(column, column)] = taus[column];
            for row in 0..column {
                let sum: f64 = (row..column)
                    .map(|inner| factor[(row, inner)] * products[(inner, column)])
                    .sum();
                factor[(row, column)] = -taus[column] * sum;
            }
        }
        Self { vectors, factor }
    }

    /// `Qᵀ M`
    fn on_the_left(&self, mut matrix: MatMut<f64>) {
        let Self { vectors, factor } = self;
        let products = product(vectors.transpose(), matrix.as_ref());
        let scaled = product(factor.transpose(), products.as_ref());
        matmul(
            matrix.as_mut(),
            Accum::Add,
            vectors.as_ref(),
            scaled.as_ref(),
            -1.0,
            Par::Seq,
        );
    }

    /// `M Q`
    fn on_the_right(&self, mut matrix: MatMut<f64>) {
        let Self { vectors, factor } = self;
        let products = product(matrix.as_ref(), vectors.as_ref());
        let scaled = product(products.as_ref(), factor.as_ref());
        matmul(
            matrix.as_mut(),
            Accum::Add,
            scaled.as_ref(),
            vectors.transpose(),
            -1.0,
            Par::Seq,
        );
    }
}

/// `A B` by this thread.
fn product(a: MatRef<f64>, b: MatRef<f64>) -> Mat<f64> {
    let mut product = Mat::zeros(a.nrows(), b.ncols());
    matmul(product.as_mut(), Accum::Replace, a, b, 1.0, Par::Seq);
    product
}

/// Factoring a panel.
struct Factor<'a> {
    /// `[columns, rows]`; `R` is left in its upper triangle, and the reflections below.
    panel: &'a mut [f64],
    rows: usize,
    /// `τ` of each reflection.
    taus: &'a mut [f64],
}

impl pulp::WithSimd for Factor<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for (column, tau) in self.taus.iter_mut().enumerate() {
            let (done, rest) = self.panel.split_at_mut((column + 1) * self.rows);
            let vector = &mut done[column * self.rows + column..];
            let beta;
            (*tau, beta) = reflection(vector);
            for other in rest.chunks_exact_mut(self.rows) {
                let other = &mut other[column..];
                let sum = dot(vector, other);
                add_scaled(other, -*tau * sum, vector);
            }
            vector[0] = beta;
        }
    }
}
