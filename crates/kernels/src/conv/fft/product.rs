//! Complex matrix products, one per frequency.

use crate::simd::{Simd, dispatch};

/// `C[m, n] = Σₖ A[m, k] · B[k, n]`, or with the conjugate of `B`. Real and
/// imaginary parts lie `*_imaginary` floats apart; lanes run along `n`.
#[derive(Clone, Copy)]
pub(crate) struct ComplexProduct {
    pub rows: usize,
    pub depth: usize,
    /// Columns in floats, a multiple of the lanes.
    pub columns: usize,
    pub a: *const f32,
    pub a_row: usize,
    pub a_depth: usize,
    pub a_imaginary: usize,
    pub b: *const f32,
    pub b_depth: usize,
    pub b_imaginary: usize,
    pub c: *mut f32,
    pub c_row: usize,
    pub c_imaginary: usize,
    pub conjugate_b: bool,
}

dispatch! {
    /// Computes the product. Its pointers must be valid for its sizes and
    /// strides, and `C` unshared: whoever makes a product says why.
    pub(crate) fn multiply(product: &ComplexProduct) => multiply_body
}

#[inline(always)]
fn multiply_body<S: Simd>(product: &ComplexProduct) {
    if product.conjugate_b {
        by_columns::<S, true>(product);
    } else {
        by_columns::<S, false>(product);
    }
}

#[inline(always)]
fn by_columns<S: Simd, const CONJUGATE: bool>(product: &ComplexProduct) {
    let mut column = 0;
    while column < product.columns {
        let two = product.columns - column >= 2 * S::LANES;
        let mut part = *product;
        // SAFETY: `column` is a column of both matrices.
        unsafe {
            part.b = product.b.add(column);
            part.c = product.c.add(column);
        }
        if two {
            by_rows::<S, CONJUGATE, 2>(&part);
            column += 2 * S::LANES;
        } else {
            by_rows::<S, CONJUGATE, 1>(&part);
            column += S::LANES;
        }
    }
}

#[inline(always)]
fn by_rows<S: Simd, const CONJUGATE: bool, const VECTORS: usize>(product: &ComplexProduct) {
    // 32 registers hold 6 × 2 complex sums, 16 registers 2 × 2.
    let tallest = if S::REGISTERS == 32 { 6 } else { 2 };
    let blocks = product.rows.div_ceil(tallest).max(1);
    let mut row = 0;
    for block in 0..blocks {
        // Blocks of even height: 16 rows as 6 + 5 + 5.
        let rows = (product.rows - row).div_ceil(blocks - block);
        let mut part = *product;
        // SAFETY: `row` is a row of both matrices, and the tile below inside them.
        unsafe {
            part.a = product.a.add(row * product.a_row);
            part.c = product.c.add(row * product.c_row);
            match rows {
                0 => {}
                1 => tile::<S, CONJUGATE, 1, VECTORS>(&part),
                2 => tile::<S, CONJUGATE, 2, VECTORS>(&part),
                3 => tile::<S, CONJUGATE, 3, VECTORS>(&part),
                4 => tile::<S, CONJUGATE, 4, VECTORS>(&part),
                5 => tile::<S, CONJUGATE, 5, VECTORS>(&part),
                _ => tile::<S, CONJUGATE, 6, VECTORS>(&part),
            }
        }
        row += rows;
    }
}

/// # Safety
/// `ROWS` rows and `VECTORS` vectors of the matrices are valid.
#[inline(always)]
unsafe fn tile<S: Simd, const CONJUGATE: bool, const ROWS: usize, const VECTORS: usize>(
    product: &ComplexProduct,
) {
    let mut real = [[S::splat(0.0); VECTORS]; ROWS];
    let mut imaginary = [[S::splat(0.0); VECTORS]; ROWS];
    let (mut a, mut b) = (product.a, product.b);
    for _ in 0..product.depth {
        // SAFETY: inside the matrices by the contract.
        unsafe {
            let b_real: [S::V; VECTORS] = std::array::from_fn(|v| S::load(b.add(v * S::LANES)));
            let b_imaginary: [S::V; VECTORS] =
                std::array::from_fn(|v| S::load(b.add(product.b_imaginary + v * S::LANES)));
            for row in 0..ROWS {
                let at = a.add(row * product.a_row);
                let (re, im) = (S::splat(*at), S::splat(*at.add(product.a_imaginary)));
                for v in 0..VECTORS {
                    real[row][v] = S::fma(re, b_real[v], real[row][v]);
                    imaginary[row][v] = S::fma(im, b_real[v], imaginary[row][v]);
                    if CONJUGATE {
                        real[row][v] = S::fma(im, b_imaginary[v], real[row][v]);
                        imaginary[row][v] = S::fnma(re, b_imaginary[v], imaginary[row][v]);
                    } else {
                        real[row][v] = S::fnma(im, b_imaginary[v], real[row][v]);
                        imaginary[row][v] = S::fma(re, b_imaginary[v], imaginary[row][v]);
                    }
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
                S::store(to, real[row][v]);
                S::store(to.add(product.c_imaginary), imaginary[row][v]);
            }
        }
    }
}
