//! Features of pictures: what one block sees.

use std::sync::atomic::{AtomicBool, Ordering};

use engine::Model;
use images::{Feed, UnreadableImage};

use super::matrix::Matrix;
use crate::training::{batch_size, pixels};

/// A channel whose standard deviation is at most this share of its largest value is constant: what
/// is left of it is rounding of `f32`.
const CONSTANT: f64 = 1e-6;

/// Features `[pictures, channels]`, row-major: what a block puts out for a picture, averaged over
/// positions.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    channels: usize,
    values: Vec<f32>,
}

impl Features {
    /// Takes `values` `[pictures, channels]`; `channels` is at least 1.
    pub fn new(channels: usize, values: Vec<f32>) -> Self {
        assert!(
            channels > 0 && values.len().is_multiple_of(channels),
            "{} values in rows of {channels}",
            values.len()
        );
        Self { channels, values }
    }

    /// Features of the pictures `examples` at the chosen `blocks`, by index, from one forward pass
    /// a picture. None once `stop` is set. `done` is told how many pictures are through.
    pub fn extract(
        model: &Model,
        feed: &Feed,
        examples: &[usize],
        samples: usize,
        blocks: &[usize],
        stop: &AtomicBool,
        done: impl Fn(usize),
    ) -> Result<Option<Vec<Self>>, UnreadableImage> {
        let mut all: Vec<Vec<f32>> = vec![Vec::new(); blocks.len()];
        let mut seen = 0;
        for (step, indices) in examples.chunks(batch_size(samples)).enumerate() {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let found = model.features(pixels(model, feed, step as u64, indices, samples)?);
            for (values, block) in all.iter_mut().zip(blocks) {
                let batch = found[*block].clone().into_data();
                values.extend(batch.try_into_vec::<f32>().expect("features are float32"));
            }
            seen += indices.len();
            done(seen);
        }
        let pictures = examples.len().max(1);
        let features = all.into_iter().map(|v| Self::new(v.len() / pictures, v));
        Ok(Some(features.collect()))
    }

    /// Width of a row.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Height: pictures.
    pub fn pictures(&self) -> usize {
        self.values.len() / self.channels
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The features of one picture `[channels]`.
    pub fn row(&self, picture: usize) -> &[f32] {
        &self.values[picture * self.channels..(picture + 1) * self.channels]
    }

    /// Whether every value is a finite number.
    pub fn is_finite(&self) -> bool {
        self.values.iter().all(|v| v.is_finite())
    }
}

/// Some pictures' features with mean 0 and standard deviation 1 in every channel, constant channels
/// left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Standardised {
    /// Channels that are left, ascending.
    pub kept: Vec<usize>,
    /// Their means.
    pub means: Vec<f64>,
    /// Their standard deviations (divisor: the pictures).
    pub deviations: Vec<f64>,
    /// `[pictures, kept]`.
    pub matrix: Matrix,
}

impl Standardised {
    /// The pictures `rows` of `features`, by their own moments.
    pub fn new(features: &Features, rows: &[usize]) -> Self {
        let channels = features.channels;
        let count = rows.len().max(1) as f64;
        let mut means = vec![0.0; channels];
        let mut largest = vec![0.0f64; channels];
        for row in rows {
            for (channel, value) in features.row(*row).iter().enumerate() {
                let value = f64::from(*value);
                means[channel] += value;
                largest[channel] = largest[channel].max(value.abs());
            }
        }
        means.iter_mut().for_each(|m| *m /= count);
        let mut squares = vec![0.0; channels];
        for row in rows {
            for (channel, value) in features.row(*row).iter().enumerate() {
                squares[channel] += (f64::from(*value) - means[channel]).powi(2);
            }
        }
        let deviation = |channel: usize| (squares[channel] / count).sqrt();
        let kept: Vec<usize> = (0..channels)
            .filter(|c| deviation(*c) > CONSTANT * largest[*c])
            .collect();
        let means: Vec<f64> = kept.iter().map(|c| means[*c]).collect();
        let deviations: Vec<f64> = kept.iter().map(|c| deviation(*c)).collect();
        let mut values = Vec::with_capacity(rows.len() * kept.len());
        for row in rows {
            let row = features.row(*row);
            values.extend(
                kept.iter()
                    .zip(means.iter().zip(&deviations))
                    .map(|(c, (mean, deviation))| (f64::from(row[*c]) - mean) / deviation),
            );
        }
        Self {
            matrix: Matrix::new(kept.len(), values),
            kept,
            means,
            deviations,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_standardised_and_constant_ones_dropped() {
        let features = Features::new(3, vec![1.0, 5.0, 2.0, 3.0, 5.0, 6.0, 99.0, 5.0, 99.0]);
        let standard = Standardised::new(&features, &[0, 1]);
        assert_eq!(standard.kept, [0, 2]);
        assert_eq!(standard.means, [2.0, 4.0]);
        assert_eq!(standard.deviations, [1.0, 2.0]);
        assert_eq!(standard.matrix, Matrix::new(2, vec![-1.0, -1.0, 1.0, 1.0]));
        let alike = Standardised::new(&features, &[0]);
        assert!(alike.kept.is_empty());
    }
}
