//! Products of small matrices that lie in slices.

use crate::gemm::{Ahead, Left, Panel, TileSize, lanes, multiply_panel};
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

/// `to = a · b`, or `to += a · b` where it is to `accumulate`; asks for lines `ahead`
/// meanwhile.
pub(super) fn multiply(
    isa: Isa,
    size: Size,
    a: Factor<'_>,
    b: &[f32],
    to: &mut [f32],
    accumulate: bool,
    ahead: &mut Ahead,
) {
    let Size {
        rows,
        depth,
        columns,
    } = size;
    let lanes = lanes(isa);
    let tile = tile(isa, columns / lanes);
    let (values, left, needed) = match a {
        Factor::Rows(values, stride) => {
            let left = Left::Rows { stride };
            (values, left, (rows - 1) * stride + depth)
        }
        Factor::Columns(values, stride) => {
            let left = Left::Columns { stride };
            (values, left, (depth - 1) * stride + rows)
        }
    };
    assert!(columns.is_multiple_of(lanes), "columns are whole vectors");
    assert!(values.len() >= needed, "the left side is too short");
    assert!(b.len() >= depth * columns, "the right side is too short");
    assert!(to.len() >= rows * columns, "the product is too short");
    for first in (0..columns).step_by(tile.vectors * lanes) {
        // All pointers are valid for their sizes and strides by the assertions.
        let panel = Panel {
            precision: Precision::Single,
            rows,
            depth,
            vectors: ((columns - first) / lanes).min(tile.vectors),
            tile_rows: tile.rows,
            a: values.as_ptr(),
            left,
            b: b[first..].as_ptr(),
            b_stride: columns,
            c: to[first..].as_mut_ptr(),
            c_stride: columns,
            accumulate,
        };
        let lines = ahead.take(rows.div_ceil(tile.rows) * depth);
        multiply_panel(isa, &panel, lines);
    }
}

/// The register tile that fills panels of so many vectors.
fn tile(isa: Isa, vectors: usize) -> TileSize {
    let [wide, square] = [TileSize::wide(isa), TileSize::square(isa)];
    if !vectors.is_multiple_of(wide.vectors) && vectors.is_multiple_of(square.vectors) {
        square
    } else {
        wide
    }
}
