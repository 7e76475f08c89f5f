//! Complex matrix products, one per frequency.

use crate::simd::{Simd, dispatch};

/// `C[m, n] (+)= Σₖ A[m, k] · B[k, n]`, or with the conjugate of `A`. Real and
/// imaginary parts lie `*_imaginary` floats apart; lanes run along `n`.
#[derive(Clone, Copy)]
pub(crate) struct ComplexProduct {
    pub rows: usize,
    pub depth: usize,
    /// Columns in floats, a multiple of the lanes.
    pub columns: usize,
    pub a: *const f32,
    /// Either this or `a_depth` is one, and `A` readable up to whole vectors
    /// along that axis.
    pub a_row: usize,
    pub a_depth: usize,
    pub a_imaginary: usize,
    /// The `A` of the next product, asked for meanwhile; need not be readable.
    pub next_a: *const f32,
    pub b: *const f32,
    pub b_depth: usize,
    pub b_imaginary: usize,
    pub c: *mut f32,
    pub c_row: usize,
    pub c_imaginary: usize,
    pub conjugate_a: bool,
    /// Adds to `C` instead of overwriting it.
    pub accumulate: bool,
}

/// Floats that [`multiply`] needs for the sums of the parts of an `A` of this size.
pub(crate) fn sums(rows: usize, depth: usize) -> usize {
    rows.next_multiple_of(LINE) * depth.next_multiple_of(LINE)
}

dispatch! {
    /// Computes the product. Its pointers must be valid for its sizes and
    /// strides, and `C` unshared: whoever makes a product says why.
    ///
    /// Takes three real products instead of four: `(a + ib)(c + id)` is
    /// `ac − bd + i((a + b)(c + d) − ac − bd)`.
    pub(crate) fn multiply(product: &ComplexProduct, sums: &mut [f32]) => multiply_body
}

/// A product and the sums of the parts of `A`, `Re A ± Im A`.
#[derive(Clone, Copy)]
struct Panel {
    product: ComplexProduct,
    sum: *const f32,
    sum_row: usize,
    sum_depth: usize,
    /// Whether the first row begins a cache line of `A` columns.
    starts_line: bool,
}

/// Floats of a cache line.
const LINE: usize = 16;

#[inline(always)]
fn multiply_body<S: Simd>(product: &ComplexProduct, sums: &mut [f32]) {
    let by_depth = product.a_depth == 1;
    let (lines, len, line) = if by_depth {
        (product.rows, product.depth, product.a_row)
    } else {
        (product.depth, product.rows, product.a_depth)
    };
    let padded = len.next_multiple_of(S::LANES);
    assert!(lines * padded <= sums.len(), "sums do not fit");
    for index in 0..lines {
        for at in (0..len).step_by(S::LANES) {
            // SAFETY: `A` has whole vectors, and `sums` as many.
            unsafe {
                let from = product.a.add(index * line + at);
                let (re, im) = (S::load(from), S::load(from.add(product.a_imaginary)));
                let sum = if product.conjugate_a {
                    S::sub(re, im)
                } else {
                    S::add(re, im)
                };
                S::store(sums.as_mut_ptr().add(index * padded + at), sum);
            }
        }
    }
    let panel = Panel {
        product: *product,
        sum: sums.as_ptr(),
        sum_row: if by_depth { padded } else { 1 },
        sum_depth: if by_depth { 1 } else { padded },
        starts_line: true,
    };
    if product.conjugate_a {
        by_columns::<S, true>(&panel);
    } else {
        by_columns::<S, false>(&panel);
    }
}

#[inline(always)]
fn by_columns<S: Simd, const CONJUGATE: bool>(panel: &Panel) {
    let columns = panel.product.columns;
    let mut column = 0;
    while column < columns {
        let mut part = *panel;
        // SAFETY: `column` is a column of both matrices.
        unsafe {
            part.product.b = panel.product.b.add(column);
            part.product.c = panel.product.c.add(column);
        }
        // 32 registers hold 4 × 2 or 8 × 1 times three sums, 16 hold 4 × 1.
        if S::REGISTERS == 32 && columns - column >= 2 * S::LANES {
            by_rows::<S, CONJUGATE, 2>(&part, 4);
            column += 2 * S::LANES;
        } else {
            by_rows::<S, CONJUGATE, 1>(&part, if S::REGISTERS == 32 { 8 } else { 4 });
            column += S::LANES;
        }
    }
}

#[inline(always)]
fn by_rows<S: Simd, const CONJUGATE: bool, const VECTORS: usize>(panel: &Panel, tallest: usize) {
    let product = &panel.product;
    let blocks = product.rows.div_ceil(tallest).max(1);
    let mut row = 0;
    for block in 0..blocks {
        // Blocks of even height: 9 rows as 3 + 3 + 3.
        let rows = (product.rows - row).div_ceil(blocks - block);
        let mut part = *panel;
        // SAFETY: `row` is a row of both matrices, and the tile below inside them.
        unsafe {
            part.product.a = product.a.add(row * product.a_row);
            part.product.next_a = product.next_a.wrapping_add(row * product.a_row);
            part.product.c = product.c.add(row * product.c_row);
            part.sum = panel.sum.add(row * panel.sum_row);
            part.starts_line = row.is_multiple_of(LINE);
            match rows {
                0 => {}
                1 => tile::<S, CONJUGATE, 1, VECTORS>(&part),
                2 => tile::<S, CONJUGATE, 2, VECTORS>(&part),
                3 => tile::<S, CONJUGATE, 3, VECTORS>(&part),
                4 => tile::<S, CONJUGATE, 4, VECTORS>(&part),
                5 => tile::<S, CONJUGATE, 5, 1>(&part),
                6 => tile::<S, CONJUGATE, 6, 1>(&part),
                7 => tile::<S, CONJUGATE, 7, 1>(&part),
                _ => tile::<S, CONJUGATE, 8, 1>(&part),
            }
        }
        row += rows;
    }
}

/// # Safety
/// `ROWS` rows and `VECTORS` vectors of the matrices are valid.
#[inline(always)]
unsafe fn tile<S: Simd, const CONJUGATE: bool, const ROWS: usize, const VECTORS: usize>(
    panel: &Panel,
) {
    let product = &panel.product;
    let zero = [[S::splat(0.0); VECTORS]; ROWS];
    let (mut real, mut imaginary, mut both) = (zero, zero, zero);
    // What lies beyond the second-level cache is asked for early: the result, and
    // a product ahead the rows of `A`.
    for row in 0..ROWS {
        for v in 0..VECTORS {
            let to = product.c.wrapping_add(row * product.c_row + v * S::LANES);
            S::prefetch(to);
            S::prefetch(to.wrapping_add(product.c_imaginary));
        }
    }
    let (mut a, mut sum, mut b) = (product.a, panel.sum, product.b);
    for k in (0..product.depth).step_by(LINE) {
        if product.a_depth == 1 {
            for row in 0..ROWS {
                let next = product.next_a.wrapping_add(row * product.a_row + k);
                S::prefetch(next);
                S::prefetch(next.wrapping_add(product.a_imaginary));
            }
        } else if panel.starts_line {
            for k in k..k + LINE {
                let next = product.next_a.wrapping_add(k * product.a_depth);
                S::prefetch(next);
                S::prefetch(next.wrapping_add(product.a_imaginary));
            }
        }
        for _ in k..product.depth.min(k + LINE) {
            // SAFETY: inside the matrices by the contract.
            unsafe {
                let b_real: [S::V; VECTORS] = std::array::from_fn(|v| S::load(b.add(v * S::LANES)));
                let b_imaginary: [S::V; VECTORS] =
                    std::array::from_fn(|v| S::load(b.add(product.b_imaginary + v * S::LANES)));
                let b_both: [S::V; VECTORS] =
                    std::array::from_fn(|v| S::add(b_real[v], b_imaginary[v]));
                for row in 0..ROWS {
                    let at = a.add(row * product.a_row);
                    let re = S::splat(*at);
                    for v in 0..VECTORS {
                        real[row][v] = S::fma(re, b_real[v], real[row][v]);
                    }
                    let im = S::splat(*at.add(product.a_imaginary));
                    for v in 0..VECTORS {
                        imaginary[row][v] = S::fma(im, b_imaginary[v], imaginary[row][v]);
                    }
                    let re_im = S::splat(*sum.add(row * panel.sum_row));
                    for v in 0..VECTORS {
                        both[row][v] = S::fma(re_im, b_both[v], both[row][v]);
                    }
                }
                a = a.add(product.a_depth);
                sum = sum.add(panel.sum_depth);
                b = b.add(product.b_depth);
            }
        }
    }
    for row in 0..ROWS {
        for v in 0..VECTORS {
            let (first, second, third) = (real[row][v], imaginary[row][v], both[row][v]);
            let (mut re, mut im) = if CONJUGATE {
                (S::add(first, second), S::add(S::sub(third, first), second))
            } else {
                (S::sub(first, second), S::sub(S::sub(third, first), second))
            };
            // SAFETY: inside `C` by the contract.
            unsafe {
                let to = product.c.add(row * product.c_row + v * S::LANES);
                let to_im = to.add(product.c_imaginary);
                if product.accumulate {
                    re = S::add(re, S::load(to));
                    im = S::add(im, S::load(to_im));
                }
                S::store(to, re);
                S::store(to_im, im);
            }
        }
    }
}
