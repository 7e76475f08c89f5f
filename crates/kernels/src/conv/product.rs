//! Forward and input-gradient convolution as matrix products.

use super::gather::Gather;
use super::panels::{Target, multiply};
use super::shape::ConvShape;
use super::weight_rows::WeightRows;
use crate::disjoint::Disjoint;
use crate::isa::Isa;

pub(crate) fn forward(isa: Isa, shape: &ConvShape, x: &[f32], w: &[f32], y: &mut [f32]) {
    let taps = forward_taps(shape);
    let out = Disjoint::new(y);
    for group in 0..shape.groups {
        let gather = forward_gather(shape, &taps, x, group);
        let channels = shape.channels_out / shape.groups;
        let target = Target {
            channels,
            all_channels: shape.channels_out,
            first_channel: group * channels,
            size: shape.output(),
            step: [1, 1],
            first: [0, 0],
        };
        let weights = WeightRows::Forward {
            w: &w[group * channels * shape.depth()..],
            depth: shape.depth(),
        };
        multiply(isa, &gather, &weights, &target, &out);
    }
}

/// Offsets of the taps from the pixel under an output position.
pub(crate) fn forward_taps(shape: &ConvShape) -> Vec<[isize; 2]> {
    let offset = |axis: usize, tap: usize| {
        (tap * shape.dilation[axis]) as isize - shape.padding[axis] as isize
    };
    (0..shape.kernel[0])
        .flat_map(|ky| (0..shape.kernel[1]).map(move |kx| [offset(0, ky), offset(1, kx)]))
        .collect()
}

pub(crate) fn forward_gather<'a>(
    shape: &ConvShape,
    taps: &'a [[isize; 2]],
    x: &'a [f32],
    group: usize,
) -> Gather<'a> {
    let channels = shape.channels_in / shape.groups;
    Gather {
        source: x,
        channels,
        all_channels: shape.channels_in,
        first_channel: group * channels,
        size: [shape.height, shape.width],
        taps,
        step: shape.stride,
        grid: shape.output(),
        batch: shape.batch,
    }
    .flattened()
}

/// With stride `s`, the input pixels fall into `s · s` phases by their position
/// modulo `s`; each phase is a stride-1 convolution of `dy` with the taps that
/// reach it.
pub(crate) fn backward_input(isa: Isa, shape: &ConvShape, w: &[f32], dy: &[f32], dx: &mut [f32]) {
    let size = [shape.height, shape.width];
    let out = Disjoint::new(dx);
    let channels_in = shape.channels_in / shape.groups;
    let channels_out = shape.channels_out / shape.groups;
    for phase_y in 0..shape.stride[0].min(size[0]) {
        for phase_x in 0..shape.stride[1].min(size[1]) {
            let phase = [phase_y, phase_x];
            let (taps, kept) = phase_taps(shape, phase);
            let grid = [0, 1].map(|axis| (size[axis] - phase[axis]).div_ceil(shape.stride[axis]));
            for group in 0..shape.groups {
                let target = Target {
                    channels: channels_in,
                    all_channels: shape.channels_in,
                    first_channel: group * channels_in,
                    size,
                    step: shape.stride,
                    first: phase,
                };
                let gather = Gather {
                    source: dy,
                    channels: channels_out,
                    all_channels: shape.channels_out,
                    first_channel: group * channels_out,
                    size: shape.output(),
                    taps: &taps,
                    step: [1, 1],
                    grid,
                    batch: shape.batch,
                };
                // With a stride, the rows of a phase do not follow each other.
                let gather = if shape.stride == [1, 1] {
                    gather.flattened()
                } else {
                    gather
                };
                let weights = WeightRows::Backward {
                    w: &w[group * channels_out * shape.depth()..],
                    depth: shape.depth(),
                    taps: shape.taps(),
                    kept: &kept,
                };
                multiply(isa, &gather, &weights, &target, &out);
            }
        }
    }
}

/// The taps that reach the pixels of `phase`: their offsets in `dy`, and their
/// indices in the kernel.
fn phase_taps(shape: &ConvShape, phase: [usize; 2]) -> (Vec<[isize; 2]>, Vec<usize>) {
    let offset = |axis: usize, tap: usize| {
        let distance =
            (phase[axis] + shape.padding[axis]) as isize - (tap * shape.dilation[axis]) as isize;
        let stride = shape.stride[axis] as isize;
        (distance.rem_euclid(stride) == 0).then(|| distance.div_euclid(stride))
    };
    let mut offsets = Vec::new();
    let mut kept = Vec::new();
    for ky in 0..shape.kernel[0] {
        for kx in 0..shape.kernel[1] {
            if let (Some(y), Some(x)) = (offset(0, ky), offset(1, kx)) {
                offsets.push([y, x]);
                kept.push(ky * shape.kernel[1] + kx);
            }
        }
    }
    (offsets, kept)
}
