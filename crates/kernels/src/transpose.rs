//! Small transposes in registers.

use crate::simd::{Simd, dispatch};

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
    if rows == 0 || columns == 0 {
        return;
    }
    assert!(
        (rows - 1) * from_stride + columns <= from.len(),
        "source is too short"
    );
    assert!(
        (columns - 1) * to_stride + rows <= to.len(),
        "target is too short"
    );
    let mut square = [S::splat(0.0); 16];
    for row in (0..rows).step_by(S::LANES) {
        let square_rows = S::LANES.min(rows - row);
        for column in (0..columns).step_by(S::LANES) {
            let square_columns = S::LANES.min(columns - column);
            // SAFETY: the square lies inside both slices by the assertions.
            unsafe {
                for index in 0..square_rows {
                    let at = from.as_ptr().add((row + index) * from_stride + column);
                    S::prefetch(at.wrapping_add(AHEAD));
                    square[index] = if square_columns == S::LANES {
                        S::load(at)
                    } else {
                        S::load_part(at, square_columns)
                    };
                }
                S::transpose(&mut square);
                for index in 0..square_columns {
                    let at = to.as_mut_ptr().add((column + index) * to_stride + row);
                    if square_rows == S::LANES {
                        S::store(at, square[index]);
                    } else {
                        S::store_part(at, square[index], square_rows);
                    }
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
