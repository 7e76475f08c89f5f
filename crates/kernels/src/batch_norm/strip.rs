//! A few neighbouring channels, and one pass over their values in every image.

use std::ops::Range;

use crate::map::MapShape;
use crate::reduce::sum_body;
use crate::simd::Simd;

/// Most values per image of a strip with more than one channel.
const WIDTH: usize = 512;
/// Vectors of a tile.
const PARTS: usize = 4;
/// Values that one lane set adds up in `f32` before they move to `f64`.
const FLUSH: usize = 8192;

/// Neighbouring channels that one task works on. Their values lie side by side in
/// each image; small planes share a strip so that vectors are full.
#[derive(Clone, Copy)]
pub(super) struct Strip {
    /// The first channel.
    pub first: usize,
    /// Number of channels.
    pub channels: usize,
    shape: MapShape,
}

/// A value per channel of a strip.
pub(super) enum Spread {
    /// The only channel's.
    Same(f32),
    /// By position within the strip, with a tile more at the end.
    Each(Vec<f32>),
}

impl Spread {
    /// The values at `offset` and the positions after it.
    #[inline(always)]
    fn lanes<S: Simd>(&self, offset: usize) -> S::V {
        match self {
            Self::Same(value) => S::splat(*value),
            // SAFETY: the slice has one vector.
            Self::Each(values) => unsafe { S::load(values[offset..][..S::LANES].as_ptr()) },
        }
    }
}

/// What a pass does with one vector of values.
pub(super) trait Visit<S: Simd, const C: usize> {
    /// Works on `count ≤ LANES` values from index `at` of the maps, whose channels
    /// have the `constants`, and returns `sums` with what they add.
    ///
    /// # Safety
    /// The maps have values `at .. at + count`.
    unsafe fn visit(
        &self,
        constants: &[S::V; C],
        at: usize,
        count: usize,
        sums: [S::V; 2],
    ) -> [S::V; 2];
}

impl Strip {
    /// Channels of every strip but the last, which may have fewer.
    pub(super) fn width(shape: &MapShape) -> usize {
        match WIDTH / 2 / shape.plane() {
            ..=1 => 1,
            _ => WIDTH / shape.plane(),
        }
    }

    /// How many strips the channels of `shape` are cut into.
    pub(super) fn count(shape: &MapShape) -> usize {
        shape.channels.div_ceil(Self::width(shape))
    }

    pub(super) fn new(shape: &MapShape, index: usize) -> Self {
        let first = index * Self::width(shape);
        Self {
            first,
            channels: Self::width(shape).min(shape.channels - first),
            shape: *shape,
        }
    }

    /// Its channels.
    pub(super) fn range(&self) -> Range<usize> {
        self.first..self.first + self.channels
    }

    /// Every image.
    pub(super) fn images(&self) -> Range<usize> {
        0..self.shape.batch
    }

    /// Values of all maps together.
    pub(super) fn map_len(&self) -> usize {
        self.shape.batch * self.shape.channels * self.shape.plane()
    }

    /// Values per channel.
    pub(super) fn count_per_channel(&self) -> f64 {
        self.shape.values_per_channel() as f64
    }

    /// Values of the strip in one image.
    fn len(&self) -> usize {
        self.channels * self.shape.plane()
    }

    /// `value(channel within the strip)` for every position.
    pub(super) fn spread(&self, value: impl Fn(usize) -> f32) -> Spread {
        if self.channels == 1 {
            return Spread::Same(value(0));
        }
        let mut spread = vec![0.0; self.len() + 64];
        let planes = spread[..self.len()].chunks_mut(self.shape.plane());
        for (channel, plane) in planes.enumerate() {
            plane.fill(value(channel));
        }
        Spread::Each(spread)
    }

    /// Means of the first image: near the means of the batch, at most
    /// `√batch` standard deviations away.
    #[inline(always)]
    pub(super) fn pilots<S: Simd>(&self, x: &[f32]) -> Vec<f32> {
        let plane = self.shape.plane();
        let from = self.shape.plane_at(0, self.first);
        let mut pilots = vec![0.0; self.channels];
        let planes = x[from..from + self.len()].chunks(plane);
        // A closure would not be compiled for the instruction set.
        for (pilot, x) in pilots.iter_mut().zip(planes) {
            *pilot = plane_sum::<S>(x) as f32 / plane as f32;
        }
        pilots
    }

    /// Visits every value of the strip in `images` once. If there are `totals`, one for each
    /// channel, they get the sums: lanes in `f32`, then in `f64`, in an order that
    /// depends on the shape only.
    ///
    /// # Safety
    /// `visitor` may work on every index below `map_len()`.
    #[inline(always)]
    pub(super) unsafe fn pass<S: Simd, const C: usize>(
        &self,
        images: Range<usize>,
        constants: [&Spread; C],
        visitor: &impl Visit<S, C>,
        totals: &mut [[f64; 2]],
    ) {
        // SAFETY: by the contract.
        unsafe {
            if self.channels == 1 {
                self.pass_plane(images, constants, visitor, totals);
            } else {
                self.pass_tiles(images, constants, visitor, totals);
            }
        }
    }

    /// One channel: its plane in each image, from start to end.
    #[inline(always)]
    unsafe fn pass_plane<S: Simd, const C: usize>(
        &self,
        images: Range<usize>,
        constants: [&Spread; C],
        visitor: &impl Visit<S, C>,
        totals: &mut [[f64; 2]],
    ) {
        let mut lanes = [S::splat(0.0); C];
        for (lanes, constant) in lanes.iter_mut().zip(constants) {
            *lanes = constant.lanes::<S>(0);
        }
        let zero = [[S::splat(0.0); 2]; PARTS];
        let (mut sums, mut summed) = (zero, 0);
        let len = self.len();
        let whole = len / (PARTS * S::LANES) * (PARTS * S::LANES);
        for image in images.clone() {
            let start = self.shape.plane_at(image, self.first);
            for at in (start..start + whole).step_by(PARTS * S::LANES) {
                for part in 0..PARTS {
                    let at = at + part * S::LANES;
                    // SAFETY: inside the plane.
                    sums[part] = unsafe { visitor.visit(&lanes, at, S::LANES, sums[part]) };
                }
            }
            for at in (whole..len).step_by(S::LANES) {
                let count = S::LANES.min(len - at);
                // SAFETY: inside the plane.
                sums[0] = unsafe { visitor.visit(&lanes, start + at, count, sums[0]) };
            }
            summed += len;
            if summed >= FLUSH || image + 1 == images.end {
                for total in &mut *totals {
                    for which in 0..2 {
                        let low = S::add(sums[0][which], sums[1][which]);
                        let high = S::add(sums[2][which], sums[3][which]);
                        total[which] += f64::from(S::sum(S::add(low, high)));
                    }
                }
                (sums, summed) = (zero, 0);
            }
        }
    }

    /// Many channels: the same few vectors of each image, then the next ones.
    #[inline(always)]
    unsafe fn pass_tiles<S: Simd, const C: usize>(
        &self,
        images: Range<usize>,
        constants: [&Spread; C],
        visitor: &impl Visit<S, C>,
        totals: &mut [[f64; 2]],
    ) {
        let mut columns = [vec![], vec![]];
        if !totals.is_empty() {
            columns = [0, 1].map(|_| vec![0.0; self.len() + 64]);
        }
        for offset in (0..self.len()).step_by(PARTS * S::LANES) {
            let mut lanes = [[S::splat(0.0); C]; PARTS];
            for part in 0..PARTS {
                for (lanes, constant) in lanes[part].iter_mut().zip(constants) {
                    *lanes = constant.lanes::<S>(offset + part * S::LANES);
                }
            }
            let mut sums = [[S::splat(0.0); 2]; PARTS];
            let rest = self.len() - offset;
            for image in images.clone() {
                let start = self.shape.plane_at(image, self.first) + offset;
                if rest >= PARTS * S::LANES {
                    for part in 0..PARTS {
                        let at = start + part * S::LANES;
                        // SAFETY: inside the strip.
                        sums[part] =
                            unsafe { visitor.visit(&lanes[part], at, S::LANES, sums[part]) };
                    }
                    continue;
                }
                for part in 0..PARTS {
                    let at = part * S::LANES;
                    if at < rest {
                        let count = S::LANES.min(rest - at);
                        // SAFETY: inside the strip.
                        sums[part] =
                            unsafe { visitor.visit(&lanes[part], start + at, count, sums[part]) };
                    }
                }
            }
            for (which, column) in columns.iter_mut().enumerate() {
                let parts = column.get_mut(offset..).unwrap_or_default();
                for (to, sums) in parts.chunks_exact_mut(S::LANES).zip(&sums) {
                    // SAFETY: the chunk has one vector.
                    unsafe { S::store(to.as_mut_ptr(), sums[which]) };
                }
            }
        }
        for (which, column) in columns.iter().enumerate() {
            let planes = column.chunks(self.shape.plane());
            for (total, plane) in totals.iter_mut().zip(planes) {
                total[which] = plane_sum::<S>(plane);
            }
        }
    }
}

/// The sum of a plane.
#[inline(always)]
fn plane_sum<S: Simd>(plane: &[f32]) -> f64 {
    if plane.len() < S::LANES {
        plane.iter().map(|value| f64::from(*value)).sum()
    } else {
        f64::from(sum_body::<S>(plane))
    }
}
