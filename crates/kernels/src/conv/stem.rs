//! The first layer of a network: few input channels, computed without columns.
//!
//! The image is copied, band by band, into a frame of zeros that stays in the
//! cache; vectors of pixels are read from there under every tap. The gradient of
//! the input, which a first layer does not need, is left to the product.

mod forward;
mod frame;
mod gradient;

use rayon::prelude::*;

use super::pass::Pass;
use super::shape::ConvShape;
use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::scratch::{Demand, Scratch};
use forward::Strip;
use frame::Frame;
use gradient::{Dots, add_dots, block_size, reduce};

/// Input channels, beyond which gathered columns cost little.
const MAX_CHANNELS: usize = 4;
/// Weights, beyond which the sums of the gradient leave the cache.
const MAX_WEIGHTS: usize = 1 << 16;
/// Parts that the gradient of the weights is cut into where it is large enough.
const PARTS: usize = 16;

pub(crate) fn supports(shape: &ConvShape) -> bool {
    shape.groups == 1 && shape.channels_in <= MAX_CHANNELS && shape.weight_len() <= MAX_WEIGHTS
}

/// Whether it is faster than the product: enough channels for a register tile
/// and few lanes behind the ends of the rows.
pub(crate) fn pays(shape: &ConvShape, pass: Pass) -> bool {
    /// Lanes of the widest vector.
    const LANES: usize = 16;
    /// Weights of a channel, beyond which the product gathers columns for less
    /// than the gradient loses at the ends of the rows.
    const DEEP: usize = 64;
    let columns = shape.output()[1];
    let pass_pays = match pass {
        Pass::Forward => true,
        Pass::Input => false,
        Pass::Weight => columns.is_multiple_of(LANES) || shape.depth() <= DEEP,
    };
    pass_pays
        && supports(shape)
        && shape.taps() > 1
        && shape.channels_out >= 8
        && 4 * columns >= 3 * columns.next_multiple_of(LANES)
}

/// What [`forward()`] takes.
pub(crate) fn forward_demand(shape: &ConvShape, threads: usize) -> Demand {
    let frame = Frame::new(shape);
    let bands = frame.bands_of(shape.batch);
    let weights = Demand::floats(forward::packed_len(shape));
    weights.and(frame.demand().on(threads, bands))
}

/// What [`backward_weight`] takes.
pub(crate) fn backward_weight_demand(isa: Isa, shape: &ConvShape, threads: usize) -> Demand {
    let frame = Frame::new(shape);
    let [_, parts] = parts(&frame, shape);
    let gathered = gradient::demand(isa, frame.band_rows(), shape.output()[1]);
    let sums = Demand::floats(lane_sums(isa, shape));
    let part = sums.and(frame.demand()).and(gathered);
    Demand::floats((parts - 1) * shape.weight_len()).and(part.on(threads, parts))
}

/// Bands of a part of the gradient, and the number of parts.
fn parts(frame: &Frame, shape: &ConvShape) -> [usize; 2] {
    let bands = frame.bands_of(shape.batch);
    let bands_per_part = bands.div_ceil(PARTS);
    [bands_per_part, bands.div_ceil(bands_per_part)]
}

/// Floats of the sums of one part, a vector for each weight.
fn lane_sums(isa: Isa, shape: &ConvShape) -> usize {
    let block = block_size(isa);
    let channels = shape.channels_out.next_multiple_of(block.channels);
    channels * shape.depth().next_multiple_of(block.taps) * block.lanes
}

pub(crate) fn forward(isa: Isa, shape: &ConvShape, x: &[f32], w: &[f32], y: &mut [f32]) {
    let frame = Frame::new(shape);
    let offsets = frame.offsets(shape);
    let weights = forward::pack(isa, shape, w);
    let [rows, columns] = shape.output();
    let image = shape.channels_out * rows * columns;
    let y = Disjoint::new(y);
    (0..frame.bands_of(shape.batch))
        .into_par_iter()
        .for_each(|index| {
            let band = frame.band(index);
            let mut framed = frame.scratch();
            frame::fill(isa, &frame, x, &band, &mut framed);
            let strip = Strip {
                framed: &framed,
                offsets: &offsets,
                weights: &weights,
                row_step: frame.row_step(),
                rows: band.rows,
                columns,
                first: band.image * image + band.first_row * columns,
                plane: rows * columns,
            };
            forward::correlate(isa, &strip, &y);
        });
}

pub(crate) fn backward_weight(isa: Isa, shape: &ConvShape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    let frame = Frame::new(shape);
    let block = block_size(isa);
    let mut offsets = frame.offsets(shape);
    // The last block of taps repeats one, for nothing.
    let last = offsets[offsets.len() - 1];
    offsets.resize(shape.depth().next_multiple_of(block.taps), last);

    let [rows, columns] = shape.output();
    let image = shape.channels_out * rows * columns;
    let bands = frame.bands_of(shape.batch);
    let [bands_per_part, parts] = parts(&frame, shape);
    let mut others = Scratch::new((parts - 1) * dw.len());
    let len = dw.len();
    let mut targets: Vec<&mut [f32]> = vec![&mut *dw];
    targets.extend(others.chunks_mut(len));
    targets
        .into_par_iter()
        .enumerate()
        .for_each(|(part, target)| {
            let mut sums = Scratch::new(lane_sums(isa, shape));
            sums.fill(0.0);
            let mut framed = frame.scratch();
            for index in part * bands_per_part..((part + 1) * bands_per_part).min(bands) {
                let band = frame.band(index);
                frame::fill(isa, &frame, x, &band, &mut framed);
                let dots = Dots {
                    framed: &framed,
                    offsets: &offsets,
                    dy: &dy[band.image * image..][..image],
                    plane: rows * columns,
                    first: band.first_row * columns,
                    row_step: frame.row_step(),
                    rows: band.rows,
                    columns,
                };
                add_dots(isa, &dots, &mut sums);
            }
            reduce(isa, &sums, offsets.len(), shape.depth(), target);
        });
    for other in others.chunks(len) {
        for (sum, value) in dw.iter_mut().zip(other) {
            *sum += value;
        }
    }
}
