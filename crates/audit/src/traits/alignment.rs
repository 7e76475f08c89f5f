//! How alike two pictures are once one is moved and stretched a little.
//!
//! A picture of which an edge was cut is the whole one, moved and stretched. For moves below a
//! cell, the moved picture is nearly a sum of the picture and its slopes (the tangent of Simard,
//! LeCun and Denker, NIPS 1992): `b ≈ c₀ a + c₁ ∂a/∂x + c₂ ∂a/∂y + c₃ x ∂a/∂x + c₄ y ∂a/∂y + c₅`,
//! a regression.

use super::luma::{CELLS, SIDE};

/// The five shapes and the constant.
const TERMS: usize = 6;
/// Most cells that a picture is moved by, and that its edges are stretched by.
const MOST_MOVE: f64 = 1.0;
/// Keeps the equations solvable where a picture has no slope in some direction; relative.
const RIDGE: f64 = 1e-9;

/// Multiple correlation of `b` with `a` and its slopes over the inner cells, 0 to 1; 0 where the
/// best move is longer than a cell.
pub(crate) fn aligned(a: &[i8; CELLS], b: &[i8; CELLS]) -> f32 {
    let mut gram = [[0.0f64; TERMS]; TERMS];
    let (mut product, mut sum, mut squares) = ([0.0f64; TERMS], 0.0f64, 0.0f64);
    for y in 1..SIDE - 1 {
        for x in 1..SIDE - 1 {
            let terms = terms(a, x, y);
            let value = f64::from(b[y * SIDE + x]);
            for row in 0..TERMS {
                for column in 0..=row {
                    gram[row][column] += terms[row] * terms[column];
                }
                product[row] += terms[row] * value;
            }
            sum += value;
            squares += value * value;
        }
    }
    let count = ((SIDE - 2) * (SIDE - 2)) as f64;
    let total = squares - sum * sum / count;
    let Some(solution) = solve(gram, product) else {
        return 0.0;
    };
    let moved = solution[1..5]
        .iter()
        .any(|c| c.abs() > MOST_MOVE * solution[0]);
    if solution[0] <= 0.0 || moved || total <= 0.0 {
        return 0.0;
    }
    let fitted: f64 = solution.iter().zip(&product).map(|(c, p)| c * p).sum();
    let explained = (fitted - sum * sum / count) / total;
    explained.clamp(0.0, 1.0).sqrt() as f32
}

/// The picture, its slopes, its slopes times the place from the centre (−1 to 1), and 1.
fn terms(a: &[i8; CELLS], x: usize, y: usize) -> [f64; TERMS] {
    let at = |x: usize, y: usize| f64::from(a[y * SIDE + x]);
    let place = |cell: usize| (cell as f64 + 0.5) / (SIDE as f64 / 2.0) - 1.0;
    let along = 0.5 * (at(x + 1, y) - at(x - 1, y));
    let down = 0.5 * (at(x, y + 1) - at(x, y - 1));
    [
        at(x, y),
        along,
        down,
        place(x) * along,
        place(y) * down,
        1.0,
    ]
}

/// Solves symmetric equations by Cholesky's factors, of which the lower half is given.
fn solve(mut lower: [[f64; TERMS]; TERMS], mut right: [f64; TERMS]) -> Option<[f64; TERMS]> {
    for row in 0..TERMS {
        lower[row][row] *= 1.0 + RIDGE;
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = lower[row][column] - known;
            lower[row][column] = if row == column {
                (rest > 0.0).then(|| rest.sqrt())?
            } else {
                rest / lower[column][column]
            };
        }
    }
    for row in 0..TERMS {
        let known: f64 = (0..row).map(|k| lower[row][k] * right[k]).sum();
        right[row] = (right[row] - known) / lower[row][row];
    }
    for row in (0..TERMS).rev() {
        let known: f64 = (row + 1..TERMS).map(|k| lower[k][row] * right[k]).sum();
        right[row] = (right[row] - known) / lower[row][row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waves(shift: f64) -> [i8; CELLS] {
        std::array::from_fn(|at| {
            let (x, y) = ((at % SIDE) as f64 + shift, (at / SIDE) as f64);
            (60.0 * (0.9 * x + 0.3 * y).sin() + 40.0 * (0.5 * x - 1.1 * y).cos()) as i8
        })
    }

    #[test]
    fn a_move_of_half_a_cell_is_undone_and_one_of_two_is_not() {
        assert!(aligned(&waves(0.0), &waves(0.0)) > 0.9999);
        let plain = |a: [i8; CELLS], b: [i8; CELLS]| {
            let product = |a: &[i8], b: &[i8]| -> f64 {
                a.iter()
                    .zip(b)
                    .map(|(a, b)| f64::from(*a) * f64::from(*b))
                    .sum()
            };
            product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
        };
        assert!(plain(waves(0.0), waves(0.5)) < 0.95);
        assert!(aligned(&waves(0.0), &waves(0.5)) > 0.99);
        assert!(aligned(&waves(0.0), &waves(2.0)) < 0.5);
        assert_eq!(aligned(&[0; CELLS], &waves(0.0)), 0.0);
    }
}
