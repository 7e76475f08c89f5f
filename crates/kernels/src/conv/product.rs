//! Forward and input-gradient convolution as matrix products.

use rayon::prelude::*;

use super::gather::Gather;
use super::panels::{Extents, Job, Target, demand, multiply};
use super::shape::ConvShape;
use super::weight_rows::{Turned, WeightRows};
use crate::disjoint::Disjoint;
use crate::gemm::TileSize;
use crate::isa::Isa;
use crate::precision::Precision;
use crate::scratch::Demand;

pub(crate) fn forward(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    w: &[f32],
    y: &mut [f32],
) {
    let taps = forward_taps(shape);
    let out = Disjoint::new(y);
    for group in 0..shape.groups {
        let channels = shape.channels_out / shape.groups;
        let job = Job {
            gather: forward_gather(shape, &taps, x, group),
            weights: WeightRows::Forward {
                w: &w[group * channels * shape.depth()..],
                depth: shape.depth(),
            },
            target: Target {
                channels,
                all_channels: shape.channels_out,
                first_channel: group * channels,
                size: shape.output(),
                step: [1, 1],
                first: [0, 0],
            },
        };
        multiply(isa, precision, &[job], &out);
    }
}

/// What [`forward`] takes.
pub(crate) fn forward_demand(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    threads: usize,
) -> Demand {
    let [rows, columns] = shape.output();
    // One group after the other.
    let group = Extents {
        channels: shape.channels_out / shape.groups,
        depth: shape.depth(),
        columns: shape.batch * rows * columns,
        is_packed: false,
    };
    demand(isa, precision, [group].into_iter(), threads)
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
pub(crate) fn backward_input(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    w: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) {
    let size = [shape.height, shape.width];
    let channels_in = shape.channels_in / shape.groups;
    let channels_out = shape.channels_out / shape.groups;
    let phases = Phase::all(shape);
    if phases.iter().any(|phase| phase.taps.is_empty()) {
        dx.par_chunks_mut(1 << 16).for_each(|dx| dx.fill(0.0));
    }
    let out = Disjoint::new(dx);
    for group in 0..shape.groups {
        let w = &w[group * channels_out * shape.depth()..][..channels_out * shape.depth()];
        let turned = (shape.taps() > 1).then(|| {
            let kept: Vec<&[usize]> = phases.iter().map(|phase| &phase.kept[..]).collect();
            let height = TileSize::wide(isa).rows;
            let channels = [channels_out, channels_in];
            Turned::new(isa, precision, w, channels, shape.taps(), &kept, height)
        });
        let mut jobs = Vec::with_capacity(phases.len());
        for (index, phase) in phases.iter().enumerate() {
            if phase.taps.is_empty() {
                continue;
            }
            let target = Target {
                channels: channels_in,
                all_channels: shape.channels_in,
                first_channel: group * channels_in,
                size,
                step: shape.stride,
                first: phase.first,
            };
            let gather = Gather {
                source: dy,
                channels: channels_out,
                all_channels: shape.channels_out,
                first_channel: group * channels_out,
                size: shape.output(),
                taps: &phase.taps,
                step: [1, 1],
                grid: phase.grid,
                batch: shape.batch,
            };
            // With a stride, the rows of a phase do not follow each other.
            let gather = if shape.stride == [1, 1] {
                gather.flattened()
            } else {
                gather
            };
            let weights = match &turned {
                Some(turned) => turned.phase(index),
                None => WeightRows::Backward {
                    w,
                    depth: shape.depth(),
                },
            };
            jobs.push(Job {
                gather,
                weights,
                target,
            });
        }
        multiply(isa, precision, &jobs, &out);
    }
}

/// What [`backward_input`] takes.
pub(crate) fn backward_input_demand(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    threads: usize,
) -> Demand {
    let [channels_in, channels_out] =
        [shape.channels_in, shape.channels_out].map(|all| all / shape.groups);
    let phases = Phase::all(shape);
    let is_packed = shape.taps() > 1;
    let mut turned = Demand::default();
    if is_packed {
        let height = TileSize::wide(isa).rows;
        let kept = phases.iter().map(|phase| phase.kept.len());
        let words = Turned::words(precision, [channels_out, channels_in], kept, height);
        turned = Demand::floats(words.sum());
    }
    let jobs = phases.iter().filter(|phase| !phase.taps.is_empty());
    let jobs = jobs.map(|phase| Extents {
        channels: channels_in,
        depth: channels_out * phase.taps.len(),
        columns: shape.batch * phase.grid[0] * phase.grid[1],
        is_packed,
    });
    turned.and(demand(isa, precision, jobs, threads))
}

/// The input pixels at `first` modulo the stride.
struct Phase {
    first: [usize; 2],
    grid: [usize; 2],
    /// The taps that reach these pixels: their offsets in `dy` ...
    taps: Vec<[isize; 2]>,
    /// ... and their indices in the kernel.
    kept: Vec<usize>,
}

impl Phase {
    fn all(shape: &ConvShape) -> Vec<Self> {
        (0..shape.stride[0].min(shape.height))
            .flat_map(|y| (0..shape.stride[1].min(shape.width)).map(move |x| [y, x]))
            .map(|first| Self::new(shape, first))
            .collect()
    }

    fn new(shape: &ConvShape, first: [usize; 2]) -> Self {
        let size = [shape.height, shape.width];
        let offset = |axis: usize, tap: usize| {
            let distance = (first[axis] + shape.padding[axis]) as isize
                - (tap * shape.dilation[axis]) as isize;
            let stride = shape.stride[axis] as isize;
            (distance.rem_euclid(stride) == 0).then(|| distance.div_euclid(stride))
        };
        let (mut taps, mut kept) = (Vec::new(), Vec::new());
        for ky in 0..shape.kernel[0] {
            for kx in 0..shape.kernel[1] {
                if let (Some(y), Some(x)) = (offset(0, ky), offset(1, kx)) {
                    taps.push([y, x]);
                    kept.push(ky * shape.kernel[1] + kx);
                }
            }
        }
        Self {
            first,
            grid: [0, 1].map(|axis| (size[axis] - first[axis]).div_ceil(shape.stride[axis])),
            taps,
            kept,
        }
    }
}
