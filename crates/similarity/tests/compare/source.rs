//! Activations for tests.

use std::ops::Range;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use similarity::{Activations, MapShape, Memory, ReadError, Values};

/// Activations in `f64`, which may fail or run out.
pub struct Doubles {
    pub shape: MapShape,
    pub values: Vec<f64>,
    /// Images from this one on cannot be read.
    pub broken_from: usize,
}

impl Doubles {
    pub fn new([images, height, width, channels]: [usize; 4], values: Vec<f64>) -> Self {
        assert_eq!(values.len(), images * height * width * channels);
        Self {
            shape: MapShape {
                images,
                height,
                width,
                channels,
            },
            values,
            broken_from: usize::MAX,
        }
    }

    /// The transposed columns of a CSV file of the vectors: rows are channels.
    pub fn vectors(rows: &[Vec<f64>]) -> Self {
        let images = rows[0].len();
        let values = (0..images).flat_map(|i| rows.iter().map(move |row| row[i]));
        Self::new([images, 1, 1, rows.len()], values.collect())
    }
}

impl Activations for Doubles {
    fn shape(&self) -> MapShape {
        self.shape
    }

    fn read(&self, range: Range<usize>, into: &mut Values) -> Result<(), ReadError> {
        self.read_features(range, 0..self.shape.features(), into)
    }

    fn read_features(
        &self,
        range: Range<usize>,
        features: Range<usize>,
        into: &mut Values,
    ) -> Result<(), ReadError> {
        if range.end > self.broken_from {
            return Err(ReadError {
                place: "layer.npy".into(),
                reason: format!(
                    "expected {} images, found {}",
                    self.shape.images, self.broken_from
                ),
            });
        }
        let all = self.shape.features();
        let values = range.flat_map(|image| {
            self.values[image * all..][features.start..features.end]
                .iter()
                .copied()
        });
        *into = Values::Double(values.collect());
        Ok(())
    }
}

/// A stream of standard normal numbers.
pub struct Normal(ChaCha8Rng);

impl Normal {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn next(&mut self) -> f64 {
        let (u, v): (f64, f64) = (self.0.random(), self.0.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    pub fn take(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.next()).collect()
    }

    /// Independent maps.
    pub fn maps(&mut self, extents: [usize; 4]) -> Doubles {
        Doubles::new(extents, self.take(extents.iter().product()))
    }
}

/// The same values in `f32`.
pub fn single(source: &Doubles) -> Memory {
    let values = source.values.iter().map(|&value| value as f32).collect();
    Memory::new(source.shape, values).expect("fits")
}
