//! Sixteen (or eight, or four) rows of memory to one vector per column, and back.

use crate::simd::Simd;

/// Calls `each(column, vector)` for `len` columns of `rows ≤ LANES` rows, `stride`
/// apart; the lanes beyond `rows` are zero.
#[inline(always)]
pub(crate) fn gather<S: Simd>(
    source: &[f32],
    stride: usize,
    rows: usize,
    len: usize,
    mut each: impl FnMut(usize, S::V),
) {
    if rows == 0 || len == 0 {
        return;
    }
    assert!(
        rows <= S::LANES && (rows - 1) * stride + len <= source.len(),
        "source is too short"
    );
    let mut square = [S::splat(0.0); 16];
    for start in (0..len).step_by(S::LANES) {
        let columns = S::LANES.min(len - start);
        for (row, vector) in square[..rows].iter_mut().enumerate() {
            // SAFETY: `row` and `columns` are inside the source by the assertion.
            *vector = unsafe {
                let from = source.as_ptr().add(row * stride + start);
                // So many rows are too many streams for the hardware.
                S::prefetch(from.wrapping_add(AHEAD));
                if columns == S::LANES {
                    S::load(from)
                } else {
                    S::load_part(from, columns)
                }
            };
        }
        square[rows..].fill(S::splat(0.0));
        S::transpose(&mut square);
        for column in 0..columns {
            each(start + column, square[column]);
        }
    }
}

/// Floats ahead of which a row is fetched.
const AHEAD: usize = 48;

/// The opposite of [`gather`]: lane `row` of `each(column)` goes to column `column`
/// of row `row`.
///
/// # Safety
/// `len` floats at each of `rows ≤ LANES` rows from `to` on are writable.
#[inline(always)]
pub(crate) unsafe fn scatter<S: Simd>(
    to: *mut f32,
    stride: usize,
    rows: usize,
    len: usize,
    mut each: impl FnMut(usize) -> S::V,
) {
    let mut square = [S::splat(0.0); 16];
    for start in (0..len).step_by(S::LANES) {
        let columns = S::LANES.min(len - start);
        for column in 0..columns {
            square[column] = each(start + column);
        }
        S::transpose(&mut square);
        for row in 0..rows {
            // SAFETY: by the contract.
            unsafe {
                let to = to.add(row * stride + start);
                if columns == S::LANES {
                    S::store(to, square[row]);
                } else {
                    S::store_part(to, square[row], columns);
                }
            }
        }
    }
}
