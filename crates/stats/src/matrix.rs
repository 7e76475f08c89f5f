//! Products of tall matrices, with sums in an order that no number of threads changes.

use rayon::prelude::*;

/// Rows that one task multiplies.
const ROWS: usize = 32;
/// Columns of the transposed product that one task sums up, over all rows.
const COLUMNS: usize = 256;
/// Partial sums of an inner product, so that it vectorises.
const LANES: usize = 8;

/// A dense matrix `[rows, columns]`, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// Takes `values` `[rows, columns]`; `columns` may be 0, then there are no values.
    pub fn new(columns: usize, values: Vec<f64>) -> Self {
        assert!(
            values.len().is_multiple_of(columns.max(1)),
            "{} values in rows of {columns}",
            values.len()
        );
        Self { columns, values }
    }

    /// Its width.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Adds `self · weightsᵀ` to `products` `[rows, outputs]`; `weights` are `[outputs, columns]`.
    pub fn add_products(&self, weights: &[f64], outputs: usize, products: &mut [f64]) {
        if self.columns == 0 {
            return;
        }
        products
            .par_chunks_mut(ROWS * outputs)
            .zip(self.values.par_chunks(ROWS * self.columns))
            .for_each(|(products, rows)| {
                let rows = rows.chunks_exact(self.columns);
                for (products, row) in products.chunks_exact_mut(outputs).zip(rows) {
                    let weights = weights.chunks_exact(self.columns);
                    for (product, weights) in products.iter_mut().zip(weights) {
                        *product += dot(row, weights);
                    }
                }
            });
    }

    /// Writes `factorsᵀ · self` into `sums` `[outputs, columns]`; `factors` are `[rows, outputs]`.
    pub fn transposed_products(&self, factors: &[f64], outputs: usize, sums: &mut [f64]) {
        let parts: Vec<Vec<f64>> = (0..self.columns.div_ceil(COLUMNS))
            .into_par_iter()
            .map(|part| {
                let first = part * COLUMNS;
                let width = COLUMNS.min(self.columns - first);
                let mut sums = vec![0.0; outputs * width];
                let rows = self.values.chunks_exact(self.columns);
                for (row, factors) in rows.zip(factors.chunks_exact(outputs)) {
                    let row = &row[first..first + width];
                    for (sums, factor) in sums.chunks_exact_mut(width).zip(factors) {
                        for (sum, value) in sums.iter_mut().zip(row) {
                            *sum += factor * value;
                        }
                    }
                }
                sums
            })
            .collect();
        for (part, found) in parts.iter().enumerate() {
            let width = found.len() / outputs;
            for (output, found) in found.chunks_exact(width).enumerate() {
                let first = output * self.columns + part * COLUMNS;
                sums[first..first + width].copy_from_slice(found);
            }
        }
    }
}

/// The inner product of two vectors of one length.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder());
    let rest: f64 = rest.map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_definition() {
        let (rows, columns, outputs) = (67, 517, 3);
        let value = |i: usize| ((i * 37) % 101) as f64 / 50.0 - 1.0;
        let matrix = Matrix::new(columns, (0..rows * columns).map(value).collect());
        let weights: Vec<f64> = (0..outputs * columns).map(|i| value(i + 5)).collect();
        let mut products = vec![1.0; rows * outputs];
        matrix.add_products(&weights, outputs, &mut products);
        let mut sums = vec![0.0; outputs * columns];
        matrix.transposed_products(&products, outputs, &mut sums);
        for output in 0..outputs {
            for row in 0..rows {
                let direct: f64 = (0..columns)
                    .map(|c| matrix.values[row * columns + c] * weights[output * columns + c])
                    .sum();
                assert!((products[row * outputs + output] - 1.0 - direct).abs() < 1e-10);
            }
            for column in 0..columns {
                let direct: f64 = (0..rows)
                    .map(|r| matrix.values[r * columns + column] * products[r * outputs + output])
                    .sum();
                assert!((sums[output * columns + column] - direct).abs() < 1e-9);
            }
        }
    }
}
