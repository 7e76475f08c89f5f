//! The pixels that tiles are cut from and put into.

use super::grid::Run;
use super::kind::Extent;
use crate::conv::lanes::gather;
use crate::simd::Simd;

/// The pixels under a run of bands, `[row][column][lane]`.
pub(crate) struct Strip {
    pub rows: usize,
    pub columns: usize,
    /// The first row, counted from where the first tile starts.
    pub top: usize,
}

impl Strip {
    pub(crate) fn new(run: &Run, extent: Extent, columns: usize) -> Self {
        Self {
            rows: extent.under(run.count),
            columns,
            top: run.first * extent.step,
        }
    }
}

/// Lays the pixels of a strip out with one vector of channels each, and zero
/// around the map.
#[inline(always)]
pub(crate) fn lay<S: Simd>(
    strip: &Strip,
    planes: &[f32],
    channels: usize,
    [height, width]: [usize; 2],
    lead: [usize; 2],
    values: &mut [f32],
) {
    let Strip { rows, columns, top } = *strip;
    let values = &mut values[..rows * columns * S::LANES];
    let low = lead[0].saturating_sub(top).min(rows);
    let high = (height + lead[0]).saturating_sub(top).clamp(low, rows);
    assert!(lead[1] + width <= columns, "strip is too narrow");
    let row = columns * S::LANES;
    values[..low * row].fill(0.0);
    values[high * row..].fill(0.0);
    for row in values[low * row..high * row].chunks_mut(row) {
        row[..lead[1] * S::LANES].fill(0.0);
        row[(lead[1] + width) * S::LANES..].fill(0.0);
    }
    if low == high {
        return;
    }
    let from = &planes[(top + low - lead[0]) * width..];
    let mut at = (low * columns + lead[1]) * S::LANES;
    let mut left = width;
    let to = values.as_mut_ptr();
    gather::<S>(
        from,
        height * width,
        channels,
        (high - low) * width,
        |_, pixel| {
            // SAFETY: `at` walks through the rows `low .. high` of `values`, over the
            // `width` pixels after the lead of each.
            unsafe { S::store(to.add(at), pixel) };
            at += S::LANES;
            left -= 1;
            if left == 0 {
                left = width;
                at += (columns - width) * S::LANES;
            }
        },
    );
}
