//! Products of small matrices that lie in slices.

use crate::gemm::{Left, Panel, TileSize, lanes, multiply_panel};
use crate::isa::Isa;
use crate::precision::Precision;

/// The left side of a product.
#[derive(Clone, Copy)]
pub(super) enum Factor<'a> {
    /// Row after row, a row every so many values.
    Rows(&'a [f32], usize),
    /// Column after column, a column every so many values.
    Columns(&'a [f32], usize),
}

/// A matrix whose rows, as long as they are, follow each other.
#[derive(Clone, Copy)]
pub(super) struct Size {
    /// Rows of the left side and of the product.
    pub rows: usize,
    /// Columns of the left side, rows of the right one.
    pub depth: usize,
    /// Columns of the right side and of the product, a multiple of the lanes.
    pub columns: usize,
}

/// `to = a · b`, or `to += a · b` where it is to `accumulate`.
pub(super) fn multiply(
    isa: Isa,
    size: Size,
    a: Factor<'_>,
    b: &[f32],
    to: &mut [f32],
    accumulate: bool,
) {
    let Size {
        rows,
        depth,
        columns,
    } = size;
    let lanes = lanes(isa);
    let tile = TileSize::wide(isa);
    let (values, needed) = match a {
        Factor::Rows(values, stride) => (values, (rows - 1) * stride + depth),
        Factor::Columns(values, stride) => (values, (depth - 1) * stride + rows),
    };
    assert!(columns.is_multiple_of(lanes), "columns are whole vectors");
    assert!(values.len() >= needed, "the left side is too short");
    assert!(b.len() >= depth * columns, "the right side is too short");
    assert!(to.len() >= rows * columns, "the product is too short");
    for first in (0..columns).step_by(tile.vectors * lanes) {
        let panel = Panel {
            precision: Precision::Single,
            rows,
            depth,
            vectors: ((columns - first) / lanes).min(tile.vectors),
            tile_rows: tile.rows,
            a: values.as_ptr(),
            left: Left::Rows { stride: 0 },
            b: b[first..].as_ptr(),
            b_stride: columns,
            c: to[first..].as_mut_ptr(),
            c_stride: columns,
            accumulate,
        };
        // All pointers are valid for their sizes and strides by the assertions.
        match a {
            Factor::Rows(_, stride) => multiply_panel(
                isa,
                &Panel {
                    left: Left::Rows { stride },
                    ..panel
                },
            ),
            Factor::Columns(_, stride) => {
                for row in (0..rows).step_by(tile.rows) {
                    multiply_panel(
                        isa,
                        &Panel {
                            rows: tile.rows.min(rows - row),
                            a: values[row..].as_ptr(),
                            left: Left::Tile { stride },
                            c: to[row * columns + first..].as_mut_ptr(),
                            ..panel
                        },
                    );
                }
            }
        }
    }
}
