//! What the blocks of a network put out for a fixed list of pictures.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::Model;
use images::{Feed, UnreadableImage, stream};
use rand::seq::SliceRandom as _;
use rayon::prelude::*;
use similarity::{MapShape, Memory};

use crate::training::{batch_size, pixels};

/// Activations of every block but the head, from the input on.
#[derive(Debug)]
pub struct Capture {
    /// One a block.
    pub blocks: Vec<BlockCapture>,
}

/// Activations of one block.
#[derive(Debug)]
pub struct BlockCapture {
    /// Its name.
    pub name: String,
    /// Some or all positions of every picture's map, as a map of one column:
    /// `[pictures, positions, 1, channels]`.
    pub positions: Memory,
    /// Means over all positions, `[pictures, 1, 1, channels]`.
    pub pooled: Memory,
}

/// Pictures to show, and how many positions of their maps to keep.
pub struct Exposure<'a> {
    /// Scaling and decoding.
    pub feed: &'a Feed,
    /// Positions of the pictures in the data.
    pub pictures: &'a [usize],
    /// Numbers of one picture.
    pub samples: usize,
    /// Most datapoints of a block.
    pub datapoints: usize,
}

/// Values of one block in the making.
#[derive(Default)]
struct Growing {
    channels: usize,
    kept: usize,
    positions: Vec<f32>,
    pooled: Vec<f32>,
}

impl Capture {
    /// Runs the pictures through `model`; none once `stop` is set.
    ///
    /// Which positions of a picture are kept depends on the picture, the size of the map and the
    /// limit alone: networks with maps of one size are compared at the same places.
    pub fn new(
        model: &Model,
        exposure: &Exposure,
        stop: &AtomicBool,
    ) -> Result<Option<Arc<Self>>, UnreadableImage> {
        let Exposure {
            feed,
            pictures,
            samples,
            datapoints,
        } = *exposure;
        let per_picture = (datapoints / pictures.len().max(1)).max(1);
        let mut growing: Vec<Growing> = Vec::new();
        for (step, indices) in pictures.chunks(batch_size(samples)).enumerate() {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let mut block = 0;
            let pixels = pixels(model, feed, step as u64, indices)?;
            model.each_block(&pixels, |maps| {
                let shape = maps.shape();
                if growing.len() == block {
                    growing.push(Growing {
                        channels: shape.channels,
                        kept: per_picture.min(shape.plane()),
                        ..Growing::default()
                    });
                }
                growing[block].take(maps.values(), indices);
                block += 1;
            });
        }
        let blocks = model.network().blocks.iter().zip(growing);
        let blocks = blocks.map(|(block, growing)| growing.finish(&block.name, pictures.len()));
        Ok(Some(Arc::new(Self {
            blocks: blocks.collect(),
        })))
    }

    /// Memory that the activations take.
    pub fn bytes(&self) -> usize {
        let of = |memory: &Memory| size_of_val(memory.values());
        self.blocks
            .iter()
            .map(|block| of(&block.positions) + of(&block.pooled))
            .sum()
    }
}

impl Growing {
    /// Takes the maps `[pictures, channels, height · width]` of the pictures `indices`.
    fn take(&mut self, maps: &[f32], indices: &[usize]) {
        let (channels, kept) = (self.channels, self.kept);
        let area = maps.len() / indices.len() / channels;
        let maps = maps.par_chunks_exact(channels * area);
        let taken: Vec<(Vec<f32>, Vec<f32>)> = maps
            .zip(indices)
            .map(|(map, index)| {
                let places = places(*index, area, kept);
                let mut rows = Vec::with_capacity(kept * channels);
                for place in places {
                    rows.extend(map.iter().skip(place).step_by(area));
                }
                let mean = |plane: &[f32]| {
                    let sum: f64 = plane.iter().map(|v| f64::from(*v)).sum();
                    (sum / area as f64) as f32
                };
                (rows, map.chunks_exact(area).map(mean).collect())
            })
            .collect();
        for (rows, pooled) in taken {
            self.positions.extend(rows);
            self.pooled.extend(pooled);
        }
    }

    fn finish(self, name: &str, images: usize) -> BlockCapture {
        let memory = |height: usize, values: Vec<f32>| {
            let shape = MapShape {
                images,
                height,
                width: 1,
                channels: self.channels,
            };
            Memory::new(shape, values).expect("as many values as were taken")
        };
        BlockCapture {
            name: name.into(),
            positions: memory(self.kept, self.positions),
            pooled: memory(1, self.pooled),
        }
    }
}

/// `kept` of `area` positions of the picture at `index` of the data, ascending.
fn places(index: usize, area: usize, kept: usize) -> Vec<usize> {
    if kept == area {
        return (0..area).collect();
    }
    let purpose = format!("analysis/positions/{area}");
    let mut all: Vec<usize> = (0..area).collect();
    let mut draw = stream(0, &purpose, index as u64);
    let (drawn, _) = all.partial_shuffle(&mut draw, kept);
    drawn.sort_unstable();
    drawn.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_positions_and_pooled_are_means() {
        let mut growing = Growing {
            channels: 2,
            kept: 3,
            ..Growing::default()
        };
        growing.take(&[1.0, 2.0, 3.0, 10.0, 20.0, 30.0], &[7]);
        assert_eq!(growing.positions, [1.0, 10.0, 2.0, 20.0, 3.0, 30.0]);
        assert_eq!(growing.pooled, [2.0, 20.0]);
    }

    #[test]
    fn places_are_drawn_once_for_a_picture_and_a_size() {
        let drawn = places(5, 100, 10);
        assert_eq!(drawn, places(5, 100, 10));
        assert_ne!(drawn, places(6, 100, 10));
        assert!(drawn.is_sorted_by(|a, b| a < b) && drawn.iter().all(|p| *p < 100));
    }
}
