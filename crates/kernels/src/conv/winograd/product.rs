//! Real matrix products, one per frequency.

use crate::precision::Precision;
use crate::simd::{Simd, dispatch_pairs};

/// `C[m, n] (+)= Σₖ A[m, k] · B[k, n]`, strides in words; lanes run along `n`.
#[derive(Clone, Copy)]
pub(crate) struct Product {
    pub precision: Precision,
    pub rows: usize,
    /// Words along `k`.
    pub depth: usize,
    /// A multiple of the lanes.
    pub columns: usize,
    pub a: *const f32,
    pub a_row: usize,
    pub a_depth: usize,
    /// Words from `A` and `B` to the operands of the next product, which are
    /// fetched into the second-level cache meanwhile.
    pub a_next: usize,
    pub b_next: usize,
    pub b: *const f32,
    pub b_depth: usize,
    pub c: *mut f32,
    pub c_row: usize,
    /// Adds to `C` instead of overwriting it.
    pub accumulate: bool,
}

dispatch_pairs! {
    /// Computes the product. Its pointers must be valid for its sizes and
    /// strides, and `C` unshared: whoever makes a product says why.
    pub(crate) fn multiply(product: &Product) => multiply_body
}

#[inline(always)]
fn multiply_body<S: Simd>(product: &Product) {
    match product.precision {
        Precision::Single => by_columns::<S, false>(product),
        Precision::Bf16 => by_columns::<S, true>(product),
    }
}

#[inline(always)]
fn by_columns<S: Simd, const PAIRS: bool>(product: &Product) {
    let mut column = 0;
    while column < product.columns {
        let mut part = *product;
        // Rows of `A` come with the first columns, of `B` with the others.
        let next = if column == 0 {
            product.a.wrapping_add(product.a_next)
        } else {
            product.b.wrapping_add(product.b_next)
        };
        // SAFETY: `column` is a column of both matrices.
        unsafe {
            part.b = product.b.add(column);
            part.c = product.c.add(column);
        }
        if product.columns - column >= 2 * S::LANES {
            by_rows::<S, 2, PAIRS>(&part, next);
            column += 2 * S::LANES;
        } else {
            by_rows::<S, 1, PAIRS>(&part, next);
            column += S::LANES;
        }
    }
}

#[inline(always)]
fn by_rows<S: Simd, const VECTORS: usize, const PAIRS: bool>(product: &Product, next: *const f32) {
    // 32 registers hold 12 × 2 sums, 16 registers 6 × 2 or 4 × 2.
    let tallest = match (S::REGISTERS, S::LANES) {
        (32, _) => 12,
        (_, 8) => 6,
        _ => 4,
    };
    let blocks = product.rows.div_ceil(tallest);
    let mut row = 0;
    for block in 0..blocks {
        // Blocks of even height: 28 rows as 10 + 9 + 9.
        let rows = (product.rows - row).div_ceil(blocks - block);
        let mut part = *product;
        let next = next.wrapping_add(row * product.depth);
        // SAFETY: `row` is a row of both matrices, and the tile below inside them.
        unsafe {
            part.a = product.a.add(row * product.a_row);
            part.c = product.c.add(row * product.c_row);
            match rows {
                1 => tile::<S, 1, VECTORS, PAIRS>(&part, next),
                2 => tile::<S, 2, VECTORS, PAIRS>(&part, next),
                3 => tile::<S, 3, VECTORS, PAIRS>(&part, next),
                4 => tile::<S, 4, VECTORS, PAIRS>(&part, next),
                5 => tile::<S, 5, VECTORS, PAIRS>(&part, next),
                6 => tile::<S, 6, VECTORS, PAIRS>(&part, next),
                7 => tile::<S, 7, VECTORS, PAIRS>(&part, next),
                8 => tile::<S, 8, VECTORS, PAIRS>(&part, next),
                9 => tile::<S, 9, VECTORS, PAIRS>(&part, next),
                10 => tile::<S, 10, VECTORS, PAIRS>(&part, next),
                11 => tile::<S, 11, VECTORS, PAIRS>(&part, next),
                _ => tile::<S, 12, VECTORS, PAIRS>(&part, next),
            }
        }
        row += rows;
    }
}

/// Steps of the depth by which operands are fetched ahead.
const AHEAD: usize = 12;

/// # Safety
/// `ROWS` rows and `VECTORS` vectors of the matrices are valid.
#[inline(always)]
unsafe fn tile<S: Simd, const ROWS: usize, const VECTORS: usize, const PAIRS: bool>(
    product: &Product,
    mut next: *const f32,
) {
    let mut sums = [[S::splat(0.0); VECTORS]; ROWS];
    let (mut a, mut b) = (product.a, product.b);
    for _ in 0..product.depth {
        S::prefetch_far(next);
        next = next.wrapping_add(ROWS);
        for v in 0..VECTORS {
            S::prefetch(b.wrapping_add(AHEAD * product.b_depth + v * S::LANES));
        }
        // SAFETY: inside the matrices by the contract.
        unsafe {
            let columns: [S::V; VECTORS] = std::array::from_fn(|v| S::load(b.add(v * S::LANES)));
            for row in 0..ROWS {
                let factor = S::splat(*a.add(row * product.a_row));
                for v in 0..VECTORS {
                    sums[row][v] = S::multiply_add::<PAIRS>(factor, columns[v], sums[row][v]);
                }
            }
            a = a.add(product.a_depth);
            b = b.add(product.b_depth);
        }
    }
    for row in 0..ROWS {
        for v in 0..VECTORS {
            // SAFETY: inside `C` by the contract.
            unsafe {
                let to = product.c.add(row * product.c_row + v * S::LANES);
                let sum = if product.accumulate {
                    S::add(sums[row][v], S::load(to))
                } else {
                    sums[row][v]
                };
                S::store(to, sum);
            }
        }
    }
}
