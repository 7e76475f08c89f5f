//! From a band to two diagonals, and from these to singular values.

use std::ops::RangeInclusive;

use super::band::{Band, WIDTH};
use super::reflection::{add_scaled, dot, reflection};

/// Rows that are reflected at once, their sums in registers.
const CHUNK: usize = 32;

/// Steps of the iteration for each value; two are usual.
const MOST_STEPS: usize = 60;

/// An upper bidiagonal matrix.
#[derive(Clone, Debug)]
pub(super) struct Bidiagonal {
    /// `[size]`
    diagonal: Vec<f64>,
    /// `[size − 1]`
    above: Vec<f64>,
}

impl Bidiagonal {
    /// The bidiagonal matrix with the singular values of `band`.
    ///
    /// Every row in turn is cleared by a reflection, and what that spills over is chased down
    /// the band and out of it.
    pub(super) fn of(mut band: Band) -> Self {
        pulp::Arch::new().dispatch(Chase(&mut band));
        let size = band.size;
        Self {
            diagonal: (0..size).map(|at| *band.at(at, at)).collect(),
            above: (1..size).map(|at| *band.at(at - 1, at)).collect(),
        }
    }

    /// Singular values, largest first, each to rounding of the largest; nothing if the iteration
    /// does not end.
    ///
    /// The implicit QR iteration of Golub and Reinsch (1970).
    pub(super) fn singular_values(self) -> Option<Vec<f64>> {
        let Self {
            mut diagonal,
            mut above,
        } = self;
        if !diagonal.iter().chain(&above).all(|value| value.is_finite()) {
            return None;
        }
        let largest = diagonal
            .iter()
            .chain(&above)
            .fold(0.0, |most: f64, v| most.max(v.abs()));
        if largest == 0.0 {
            return Some(diagonal);
        }
        diagonal
            .iter_mut()
            .chain(&mut above)
            .for_each(|value| *value /= largest);
        let mut steps = MOST_STEPS * diagonal.len();
        let mut end = diagonal.len();
        while end > 1 {
            let last = end - 1;
            let start = (0..last).rev().find(|&at| {
                above[at].abs() <= f64::EPSILON * (diagonal[at].abs() + diagonal[at + 1].abs())
                    || above[at].abs() <= f64::EPSILON * f64::EPSILON
            });
            let start = start.map_or(0, |at| {
                above[at] = 0.0;
                at + 1
            });
            if start == last {
                end = last;
                continue;
            }
            steps = steps.checked_sub(1)?;
            let block = (&mut diagonal[start..end], &mut above[start..last]);
            match block.0[..block.0.len() - 1]
                .iter()
                .rposition(|value| value.abs() <= f64::EPSILON * 0.25)
            {
                Some(zero) => drop_row(block.0, block.1, zero),
                None => step(block.0, block.1),
            }
        }
        let mut values: Vec<f64> = diagonal.iter().map(|value| value.abs() * largest).collect();
        values.sort_by(|one, other| other.total_cmp(one));
        Some(values)
    }
}

/// Clearing all rows.
struct Chase<'a>(&'a mut Band);

impl pulp::WithSimd for Chase<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for row in 0..self.0.size {
            clear(self.0, row);
        }
    }
}

/// Leaves two elements in `row`.
#[inline(always)]
fn clear(band: &mut Band, mut row: usize) {
    let size = band.size;
    let mut vector = [0.0; WIDTH];
    let mut first = row + 1;
    while first < size {
        let last = (first + WIDTH).min(size) - 1;
        let length = last + 1 - first;
        // From the right: nothing in the row but its first element.
        let vector = &mut vector[..length];
        for (value, column) in vector.iter_mut().zip(first..) {
            *value = std::mem::take(band.at(row, column));
        }
        let (tau, beta) = reflection(vector);
        // The row itself is zero now; with it there are whole chunks.
        let top = if first == row + 1 { first } else { row };
        for start in (top..=last).step_by(CHUNK) {
            let rows = start..=last.min(start + CHUNK - 1);
            reflect_rows(band, rows, first, vector, tau);
        }
        *band.at(row, first) = beta;
        // From the left: nothing in the first column but its first element.
        vector.copy_from_slice(band.rows(first..=last, first));
        let (tau, beta) = reflection(vector);
        band.rows(first..=last, first).fill(0.0);
        *band.at(first, first) = beta;
        for column in first + 1..(last + 1 + WIDTH).min(size) {
            let rows = band.rows(first..=last, column);
            let sum = dot(vector, rows);
            add_scaled(rows, -tau * sum, vector);
        }
        (row, first) = (first, last + 1);
    }
}

/// Reflects some rows, at most a chunk of them, in the columns from `first`.
#[inline(always)]
fn reflect_rows(
    band: &mut Band,
    rows: RangeInclusive<usize>,
    first: usize,
    vector: &[f64],
    tau: f64,
) {
    let mut sums = [0.0; CHUNK];
    if rows.end() + 1 - rows.start() == CHUNK {
        for (value, column) in vector.iter().zip(first..) {
            let (rows, _) = band.rows(rows.clone(), column).as_chunks::<CHUNK>();
            for (sum, element) in sums.iter_mut().zip(&rows[0]) {
                *sum = value.mul_add(*element, *sum);
            }
        }
        for (value, column) in vector.iter().zip(first..) {
            let (rows, _) = band.rows(rows.clone(), column).as_chunks_mut::<CHUNK>();
            let factor = -tau * value;
            for (element, sum) in rows[0].iter_mut().zip(&sums) {
                *element = factor.mul_add(*sum, *element);
            }
        }
        return;
    }
    let sums = &mut sums[..rows.end() + 1 - rows.start()];
    for (value, column) in vector.iter().zip(first..) {
        add_scaled(sums, *value, band.rows(rows.clone(), column));
    }
    for (value, column) in vector.iter().zip(first..) {
        add_scaled(band.rows(rows.clone(), column), -tau * value, sums);
    }
}

/// Rotates away the element right of the zero at `zero` of the diagonal.
fn drop_row(diagonal: &mut [f64], above: &mut [f64], zero: usize) {
    diagonal[zero] = 0.0;
    let mut spill = std::mem::take(&mut above[zero]);
    for at in zero + 1..diagonal.len() {
        let (cos, sin, length) = rotation(diagonal[at], spill);
        diagonal[at] = length;
        if at < above.len() {
            spill = -sin * above[at];
            above[at] *= cos;
        }
    }
}

/// One step of the iteration, with the shift of Wilkinson.
fn step(diagonal: &mut [f64], above: &mut [f64]) {
    let last = above.len();
    let before = if last > 1 { above[last - 2] } else { 0.0 };
    // The last two rows and columns of the product of the matrix and its transpose.
    let one = diagonal[last - 1].powi(2) + before.powi(2);
    let other = diagonal[last].powi(2) + above[last - 1].powi(2);
    let off = diagonal[last - 1] * above[last - 1];
    let half = 0.5 * (one - other);
    let denominator = half + half.hypot(off).copysign(half);
    let shift = if denominator == 0.0 {
        other
    } else {
        other - off * off / denominator
    };
    let (mut x, mut z) = ((diagonal[0].powi(2) - shift) / diagonal[0], above[0]);
    for at in 0..last {
        let (cos, sin, length) = rotation(x, z);
        if at > 0 {
            above[at - 1] = length;
        }
        x = cos * diagonal[at] + sin * above[at];
        above[at] = cos * above[at] - sin * diagonal[at];
        z = sin * diagonal[at + 1];
        diagonal[at + 1] *= cos;
        let (cos, sin, length) = rotation(x, z);
        diagonal[at] = length;
        x = cos * above[at] + sin * diagonal[at + 1];
        diagonal[at + 1] = cos * diagonal[at + 1] - sin * above[at];
        if at + 1 < last {
            z = sin * above[at + 1];
            above[at + 1] *= cos;
        }
    }
    above[last - 1] = x;
}

/// `(c, s, r)` with `c x + s z = r` and `c z − s x = 0`, of values that cannot overflow.
#[inline(always)]
fn rotation(x: f64, z: f64) -> (f64, f64, f64) {
    let length = (x * x + z * z).sqrt();
    if length < 1e-150 {
        return if x.abs() >= z.abs() {
            (1.0, 0.0, x)
        } else {
            (0.0, 1.0, z)
        };
    }
    let inverse = 1.0 / length;
    (x * inverse, z * inverse, length)
}
