//! Small transposes in registers.

use crate::pairs::load_neighbours;
use crate::simd::{Simd, dispatch, dispatch_pairs};

dispatch! {
    /// `to[column · to_stride + row] = from[row · from_stride + column]` for
    /// `rows · columns` values.
    pub(crate) fn transpose(
        from: &[f32],
        from_stride: usize,
        rows: usize,
        columns: usize,
        to: &mut [f32],
        to_stride: usize,
    ) => transpose_body
}

dispatch_pairs! {
    /// [`transpose`] of the pairs of neighbours in a row: `to[pair · to_stride + row]`
    /// gets columns `2 · pair` and `2 · pair + 1`. A last odd column is paired with
    /// zeros.
    pub(crate) fn transpose_pairs(
        from: &[f32],
        from_stride: usize,
        rows: usize,
        columns: usize,
        to: &mut [f32],
        to_stride: usize,
    ) => transpose_pairs_body
}

/// Floats that are asked for before they are read.
const AHEAD: usize = 64;

/// [`transpose`] inside another kernel.
#[inline(always)]
pub(crate) fn transpose_body<S: Simd>(
    from: &[f32],
    from_stride: usize,
    rows: usize,
    columns: usize,
    to: &mut [f32],
    to_stride: usize,
) {
    words_body::<S, false>(from, from_stride, rows, columns, to, to_stride);
}

#[inline(always)]
fn transpose_pairs_body<S: Simd>(
    from: &[f32],
    from_stride: usize,
    rows: usize,
    columns: usize,
    to: &mut [f32],
    to_stride: usize,
) {
    words_body::<S, true>(from, from_stride, rows, columns, to, to_stride);
}

#[inline(always)]
fn words_body<S: Simd, const PAIRS: bool>(
    from: &[f32],
    from_stride: usize,
    rows: usize,
    columns: usize,
    to: &mut [f32],
    to_stride: usize,
) {
    if rows == 0 || columns == 0 {
        return;
    }
    assert!(
        (rows - 1) * from_stride + columns <= from.len(),
        "source is too short"
    );
    let per_word = if PAIRS { 2 } else { 1 };
    let words = columns.div_ceil(per_word);
    assert!(
        (words - 1) * to_stride + rows <= to.len(),
        "target is too short"
    );
    let mut square = [S::splat(0.0); 16];
    for row in (0..rows).step_by(S::LANES) {
        let square_rows = S::LANES.min(rows - row);
        for word in (0..words).step_by(S::LANES) {
            let column = word * per_word;
            let square_words = S::LANES.min(words - word);
            // SAFETY: the square lies inside both slices by the assertions.
            unsafe {
                for index in 0..square_rows {
                    let at = from.as_ptr().add((row + index) * from_stride + column);
                    S::prefetch(at.wrapping_add(AHEAD));
                    square[index] = if PAIRS {
                        S::prefetch(at.wrapping_add(AHEAD + 16));
                        load_neighbours::<S>(at, columns - column)
                    } else {
                        S::load_some(at, square_words)
                    };
                }
                S::transpose(&mut square);
                for index in 0..square_words {
                    let at = to.as_mut_ptr().add((word + index) * to_stride + row);
                    S::store_some(at, square[index], square_rows);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Isa;

    #[test]
    fn every_size_is_transposed() {
        let from: Vec<f32> = (0_u16..40 * 50).map(f32::from).collect();
        for isa in Isa::available() {
            for (rows, columns) in [(1, 1), (3, 17), (16, 16), (33, 5), (19, 49), (40, 50)] {
                let mut to = vec![-1.0; columns * 43];
                transpose(isa, &from, 50, rows, columns, &mut to, 43);
                for column in 0..columns {
                    for row in 0..43 {
                        let expected = if row < rows {
                            from[row * 50 + column]
                        } else {
                            -1.0
                        };
                        assert_eq!(to[column * 43 + row], expected, "{isa:?} {rows} {columns}");
                    }
                }
            }
        }
    }
}
