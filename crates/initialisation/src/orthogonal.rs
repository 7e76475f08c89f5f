//! Weights with orthonormal rows or columns.

use rand_chacha::ChaCha8Rng;

use super::draw::normal;
use super::matrix::{Matrix, product};

/// Rows that are made orthonormal at once.
const PANEL: usize = 64;

/// A matrix `[rows, columns]`, row-major, with orthonormal rows where they are fewer than columns,
/// else with orthonormal columns: the orthogonal factor of a Gaussian matrix whose triangular
/// factor has a positive diagonal, hence uniform among all such matrices. As
/// `torch.nn.init.orthogonal_` with gain 1.
pub(super) fn orthogonal(rows: usize, columns: usize, stream: &mut ChaCha8Rng) -> Vec<f32> {
    if rows * columns == 0 {
        return Vec::new();
    }
    let gaussian = normal(rows * columns, 0.0, 1.0, stream);
    let gaussian: Vec<f64> = gaussian.into_iter().map(f64::from).collect();
    let made = match rows <= columns {
        true => orthonormal_rows(gaussian, columns),
        false => {
            let made = orthonormal_rows(transposed(&gaussian, columns), rows);
            transposed(&made, rows)
        }
    };
    made.into_iter().map(|value| value as f32).collect()
}

/// The transpose of a row-major matrix of so many columns.
fn transposed(matrix: &[f64], columns: usize) -> Vec<f64> {
    let of_column = |column| matrix.iter().skip(column).step_by(columns);
    (0..columns).flat_map(of_column).copied().collect()
}

/// Block Gram-Schmidt of a row-major matrix, a panel of rows after the other. Each is made
/// orthogonal to those before it and then orthonormal by the Cholesky factor of its Gram matrix,
/// all twice: once is not enough where rows are nearly dependent.
fn orthonormal_rows(mut matrix: Vec<f64>, columns: usize) -> Vec<f64> {
    let rows = matrix.len() / columns;
    for first in (0..rows).step_by(PANEL) {
        let count = PANEL.min(rows - first);
        let (made, rest) = matrix.split_at_mut(first * columns);
        let panel = &mut rest[..count * columns];
        for _ in 0..2 {
            if !made.is_empty() {
                let made = Matrix::new(made, columns);
                let shares = product(Matrix::new(panel, columns), made.transposed());
                let shared = product(Matrix::new(&shares, first), made);
                for (value, shared) in panel.iter_mut().zip(shared) {
                    *value -= shared;
                }
            }
            let rows = Matrix::new(panel, columns);
            let inverse = inverse_cholesky(&product(rows, rows.transposed()), count);
            let made = product(Matrix::new(&inverse, count), rows);
            panel.copy_from_slice(&made);
        }
    }
    matrix
}

/// L⁻¹ of the positive definite matrix L Lᵀ `[n, n]`, L lower triangular.
fn inverse_cholesky(gram: &[f64], n: usize) -> Vec<f64> {
    let mut lower = vec![0.0; n * n];
    for row in 0..n {
        for column in 0..=row {
            let known: f64 = (0..column)
                .map(|k| lower[row * n + k] * lower[column * n + k])
                .sum();
            let rest = gram[row * n + column] - known;
            lower[row * n + column] = match row == column {
                true => rest.max(f64::MIN_POSITIVE).sqrt(),
                false => rest / lower[column * n + column],
            };
        }
    }
    let mut inverse = vec![0.0; n * n];
    for row in 0..n {
        for column in 0..=row {
            let known: f64 = (column..row)
                .map(|k| lower[row * n + k] * inverse[k * n + column])
                .sum();
            let unit = if row == column { 1.0 } else { 0.0 };
            inverse[row * n + column] = (unit - known) / lower[row * n + row];
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;

    /// Largest deviation of W Wᵀ (or Wᵀ W) from the identity.
    fn deviation(values: &[f32], rows: usize, columns: usize) -> f64 {
        let values: Vec<f64> = values.iter().copied().map(f64::from).collect();
        let w = Matrix::new(&values, columns);
        let w = if rows <= columns { w } else { w.transposed() };
        let n = rows.min(columns);
        let product = product(w, w.transposed());
        let unit = |at: usize| if at / n == at % n { 1.0 } else { 0.0 };
        let differences = product.iter().enumerate().map(|(i, v)| (v - unit(i)).abs());
        differences.fold(0.0, f64::max)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Rows or columns, whichever are fewer, are orthonormal.
        #[test]
        fn rows_or_columns_are_orthonormal(rows in 1usize..200, columns in 1usize..200, seed: u64) {
            let mut stream = ChaCha8Rng::seed_from_u64(seed);
            let values = orthogonal(rows, columns, &mut stream);
            let deviation = deviation(&values, rows, columns);
            prop_assert!(deviation < 1e-6, "{rows} × {columns}: {deviation}");
        }
    }

    /// Square matrices come nearest to dependent rows.
    #[test]
    fn large_and_square() {
        for (rows, columns) in [(512, 512), (256, 1152)] {
            let values = orthogonal(rows, columns, &mut ChaCha8Rng::seed_from_u64(2));
            let deviation = deviation(&values, rows, columns);
            assert!(deviation < 1e-6, "{rows} × {columns}: {deviation}");
        }
    }

    /// The Gaussian matrix is a lower triangular one with a positive diagonal times the result:
    /// the sign correction of `torch.nn.init.orthogonal_`.
    #[test]
    fn triangular_factor_has_a_positive_diagonal() {
        let n = 70;
        let gaussian = normal(n * n, 0.0, 1.0, &mut ChaCha8Rng::seed_from_u64(3));
        let made = orthogonal(n, n, &mut ChaCha8Rng::seed_from_u64(3));
        for row in 0..n {
            for column in row..n {
                let of = |values: &[f32], at: usize| values[at * n..][..n].to_vec();
                let pairs = of(&gaussian, row).into_iter().zip(of(&made, column));
                let found: f64 = pairs.map(|(a, b)| f64::from(a) * f64::from(b)).sum();
                match row == column {
                    true => assert!(found > 0.0),
                    false => assert!(found.abs() < 1e-5, "{row} {column}: {found}"),
                }
            }
        }
    }
}
