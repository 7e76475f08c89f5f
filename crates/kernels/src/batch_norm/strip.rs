//! A few neighbouring channels, and one pass over their values in every image.

use std::ops::Range;

use crate::map::MapShape;
use crate::reduce::sum_body;
use crate::simd::Simd;

/// Most values per image of a strip with more than one channel.
const WIDTH: usize = 256;
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

/// A value per channel, laid out by position within the strip (one vector tile
/// if the strip has a single channel).
pub(super) struct Spread([f32; WIDTH + 64]);

/// Two sums for each channel of a strip.
pub(super) type Totals = [[f64; 2]; WIDTH];

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
        (WIDTH / shape.plane()).max(1)
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

    /// `value(channel within the strip)` by position.
    pub(super) fn spread(&self, value: impl Fn(usize) -> f32) -> Spread {
        let mut spread = [0.0; WIDTH + 64];
        if self.channels == 1 {
            spread[..64].fill(value(0));
        } else {
            let plane = self.shape.plane();
            for (channel, values) in spread[..self.len()].chunks_mut(plane).enumerate() {
                values.fill(value(channel));
            }
        }
        Spread(spread)
    }

    /// Means of the first image: near the means of the batch, at most
    /// `√batch` standard deviations away.
    #[inline(always)]
    pub(super) fn pilots<S: Simd>(&self, x: &[f32]) -> [f32; WIDTH] {
        let plane = self.shape.plane();
        let from = self.shape.plane_at(0, self.first);
        let mut pilots = [0.0; WIDTH];
        for (pilot, x) in pilots
            .iter_mut()
            .zip(x[from..from + self.len()].chunks(plane))
        {
            *pilot = plane_sum::<S>(x) as f32 / plane as f32;
        }
        pilots
    }

    /// Visits every value of the strip once and sums per channel: lanes in `f32`,
    /// then in `f64`, in an order that depends on the shape only.
    ///
    /// # Safety
    /// `visitor` may work on every index below `map_len()`.
    #[inline(always)]
    pub(super) unsafe fn pass<S: Simd, const C: usize, const SUM: bool>(
        &self,
        constants: [&Spread; C],
        visitor: &impl Visit<S, C>,
    ) -> Totals {
        let mut totals = [[0.0; 2]; WIDTH];
        let mut columns = [[0.0; WIDTH + 64]; 2];
        let zero = [[S::splat(0.0); 2]; PARTS];
        let tile = if self.channels == 1 {
            self.len()
        } else {
            PARTS * S::LANES
        };
        for offset in (0..self.len()).step_by(tile) {
            let len = tile.min(self.len() - offset);
            let mut lanes = [[S::splat(0.0); C]; PARTS];
            for part in 0..PARTS {
                for constant in 0..C {
                    let values = &constants[constant].0[offset + part * S::LANES..][..S::LANES];
                    // SAFETY: the slice has one vector.
                    lanes[part][constant] = unsafe { S::load(values.as_ptr()) };
                }
            }
            let mut sums = zero;
            let mut summed = 0;
            for image in 0..self.shape.batch {
                let start = self.shape.plane_at(image, self.first) + offset;
                let whole = len / (PARTS * S::LANES) * (PARTS * S::LANES);
                for at in (0..whole).step_by(PARTS * S::LANES) {
                    for part in 0..PARTS {
                        let at = start + at + part * S::LANES;
                        // SAFETY: inside the strip.
                        sums[part] =
                            unsafe { visitor.visit(&lanes[part], at, S::LANES, sums[part]) };
                    }
                }
                for part in 0..PARTS {
                    let at = whole + part * S::LANES;
                    if at < len {
                        let count = S::LANES.min(len - at);
                        // SAFETY: inside the strip.
                        sums[part] =
                            unsafe { visitor.visit(&lanes[part], start + at, count, sums[part]) };
                    }
                }
                summed += len;
                if SUM && self.channels == 1 && (summed >= FLUSH || image + 1 == self.shape.batch) {
                    for which in 0..2 {
                        let [a, b, c, d] = [
                            sums[0][which],
                            sums[1][which],
                            sums[2][which],
                            sums[3][which],
                        ];
                        totals[0][which] += f64::from(S::sum(S::add(S::add(a, b), S::add(c, d))));
                    }
                    (sums, summed) = (zero, 0);
                }
            }
            if SUM && self.channels > 1 {
                for part in 0..PARTS {
                    for which in 0..2 {
                        let to = &mut columns[which][offset + part * S::LANES..][..S::LANES];
                        // SAFETY: the slice has one vector.
                        unsafe { S::store(to.as_mut_ptr(), sums[part][which]) };
                    }
                }
            }
        }
        if SUM && self.channels > 1 {
            for which in 0..2 {
                let planes = columns[which][..self.len()].chunks(self.shape.plane());
                for (total, plane) in totals.iter_mut().zip(planes) {
                    total[which] = plane_sum::<S>(plane);
                }
            }
        }
        totals
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
