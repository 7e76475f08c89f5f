//! Occlusion: what a network no longer says where a part of the picture is covered.

use std::sync::atomic::{AtomicBool, Ordering};

use engine::{Maps, Model};
use record::results::Patch;

use super::evidence_map::{EvidenceMap, shares};
use super::log_odds::LogOdds;
use crate::training::batch_size;

/// Patches that lie side by side along an edge.
const ALONG: usize = 8;

/// The patches over a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Patches {
    /// Their size and distance.
    pub patch: Patch,
    /// First row of each row of patches, and first column of each column of them.
    starts: [Vec<usize>; 2],
}

impl Patches {
    /// Those over a picture of `extents` rows and columns: an eighth of it along each edge, rounded up,
    /// each half a patch from the next; the last ones end with the picture.
    pub fn over(extents: [usize; 2]) -> Self {
        let size = extents.map(|side| side.div_ceil(ALONG).max(1));
        let stride = size.map(|side| side.div_ceil(2));
        let starts = [0, 1].map(|axis| {
            let last = extents[axis] - size[axis];
            let mut starts: Vec<usize> = (0..last).step_by(stride[axis]).collect();
            starts.push(last);
            starts
        });
        Self {
            patch: Patch { size, stride },
            starts,
        }
    }

    /// Rows and columns of patches.
    pub fn grid(&self) -> [usize; 2] {
        [self.starts[0].len(), self.starts[1].len()]
    }

    /// First row and column of every patch, by rows.
    fn corners(&self) -> impl Iterator<Item = [usize; 2]> {
        let [down, across] = &self.starts;
        down.iter().flat_map(|y| across.iter().map(|x| [*y, *x]))
    }

    /// What speaks for the answer in each pixel of a picture of `extents`, the mean over the patches
    /// that cover it, as a share of the largest: in [0, 1], by rows.
    pub fn spread(&self, map: &EvidenceMap, [rows, columns]: [usize; 2]) -> Vec<f32> {
        let mut sums = vec![0.0; rows * columns];
        let mut counts = vec![0.0; rows * columns];
        for ([top, left], value) in self.corners().zip(&map.values) {
            for y in top..top + self.patch.size[0] {
                for x in left..left + self.patch.size[1] {
                    sums[y * columns + x] += value;
                    counts[y * columns + x] += 1.0;
                }
            }
        }
        shares(
            sums.iter()
                .zip(&counts)
                .map(|(sum, count)| sum / count)
                .collect(),
        )
    }
}

/// By how much the `odds` of each picture of `pixels` `[pictures, channels, height, width]` fall where a
/// patch of it is covered with the picture's own mean colour, for every patch (Zeiler and Fergus
/// 2014, who cover with grey and look at the probability). None once `stop` is set.
///
/// Above 0 what is covered spoke for the answer. It shows what a network misses, not what it would
/// say of a picture that never had it: a covered picture is unlike any that it was trained on.
pub fn occlusion(
    model: &Model,
    pixels: &Maps,
    odds: &[LogOdds],
    stop: &AtomicBool,
) -> Option<Vec<EvidenceMap>> {
    let shape = pixels.shape();
    let patches = Patches::over([shape.height, shape.width]);
    let samples = shape.channels * shape.plane();
    let corners: Vec<[usize; 2]> = patches.corners().collect();
    let mut maps = Vec::new();
    for (picture, odds) in pixels.values().chunks_exact(samples).zip(odds) {
        let means = means(picture, shape.plane());
        let whole = of_each(model, vec![picture.to_vec()], odds)[0];
        let mut values = Vec::with_capacity(corners.len());
        for corners in corners.chunks(batch_size(samples)) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let covered = corners.iter().map(|corner| {
                let mut covered = picture.to_vec();
                cover(
                    &mut covered,
                    shape.width,
                    &means,
                    *corner,
                    patches.patch.size,
                );
                covered
            });
            let odds = of_each(model, covered.collect(), odds);
            values.extend(odds.into_iter().map(|odds| whole - odds));
        }
        maps.push(EvidenceMap {
            grid: patches.grid(),
            values,
        });
    }
    Some(maps)
}

/// Mean of every channel.
fn means(picture: &[f32], plane: usize) -> Vec<f32> {
    let channels = picture.chunks_exact(plane);
    let sum = |channel: &[f32]| channel.iter().map(|v| f64::from(*v)).sum::<f64>();
    channels
        .map(|channel| (sum(channel) / plane as f64) as f32)
        .collect()
}

/// Puts the mean colour over `[rows, columns]` from `[top, left]` on.
fn cover(
    picture: &mut [f32],
    width: usize,
    means: &[f32],
    [top, left]: [usize; 2],
    [rows, columns]: [usize; 2],
) {
    let plane = picture.len() / means.len();
    for (channel, mean) in picture.chunks_exact_mut(plane).zip(means) {
        for row in channel.chunks_exact_mut(width).skip(top).take(rows) {
            row[left..left + columns].fill(*mean);
        }
    }
}

/// The odds of pictures of the network's size.
fn of_each(model: &Model, pictures: Vec<Vec<f32>>, odds: &LogOdds) -> Vec<f64> {
    let shape = model.network().input.batch(pictures.len());
    let logits = model.forward(&Maps::new(shape, pictures.concat()));
    let rows = logits.values().chunks_exact(logits.shape().channels);
    rows.map(|row| odds.of(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_reach_every_pixel_and_none_beyond() {
        for extents in [[8, 8], [28, 28], [30, 17], [224, 224]] {
            let patches = Patches::over(extents);
            let mut covered = vec![0; extents[0] * extents[1]];
            for [top, left] in patches.corners() {
                for y in top..top + patches.patch.size[0] {
                    for x in left..left + patches.patch.size[1] {
                        covered[y * extents[1] + x] += 1;
                    }
                }
            }
            assert!(covered.iter().all(|count| *count > 0), "{extents:?}");
            let [rows, columns] = patches.grid();
            assert_eq!(patches.corners().count(), rows * columns);
        }
    }

    #[test]
    fn a_pixel_has_the_mean_of_what_covers_it() {
        // Patches of 2, each one pixel from the next, over a row of 9 pixels.
        let patches = Patches::over([1, 9]);
        assert_eq!((patches.patch.size, patches.grid()), ([1, 2], [1, 8]));
        let mut values = vec![0.0; 8];
        values[3] = 2.0;
        let map = EvidenceMap {
            grid: [1, 8],
            values,
        };
        let heat = patches.spread(&map, [1, 9]);
        assert_eq!(heat, [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
