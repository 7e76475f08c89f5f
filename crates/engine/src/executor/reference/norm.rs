//! Batch norm and layer norm.

use kernels::MapShape;

use super::arrange::{at, each_of};

/// Share of the batch in running statistics.
const MOMENTUM: f64 = 0.1;

/// What a norm reads: a map, and scale and shift `[channels]`.
#[derive(Clone, Copy)]
pub(super) struct Normed<'a> {
    pub map: MapShape,
    pub x: &'a [f64],
    pub gamma: &'a [f64],
}

/// Numbers of a channel over images and pixels.
fn channel<'a>(
    map: &'a MapShape,
    x: &'a [f64],
    c: usize,
) -> impl Iterator<Item = f64> + Clone + 'a {
    let planes = x.chunks(map.plane()).skip(c).step_by(map.channels);
    planes.flatten().copied()
}

/// `[4, channels]`: mean, `1 / √(variance + epsilon)`, biased and unbiased variance.
pub(super) fn statistics(map: &MapShape, x: &[f64], epsilon: f64) -> Vec<f64> {
    let mut rows = vec![0.0; 4 * map.channels];
    let count = map.values_per_channel() as f64;
    for c in 0..map.channels {
        let values = channel(map, x, c);
        let mean = values.clone().sum::<f64>() / count;
        let squares: f64 = values.map(|x| (x - mean).powi(2)).sum();
        let variance = squares / count;
        let of_channel = [
            mean,
            1.0 / (variance + epsilon).sqrt(),
            variance,
            squares / (count - 1.0),
        ];
        for (row, value) in of_channel.into_iter().enumerate() {
            rows[row * map.channels + c] = value;
        }
    }
    rows
}

impl Normed<'_> {
    /// `(x − mean) / √(variance + epsilon)`
    fn standard(&self, statistics: &[f64]) -> Vec<f64> {
        let map = &self.map;
        each_of(map, |n, c, row, column| {
            let x = self.x[at(map, n, c, row, column)];
            (x - statistics[c]) * statistics[map.channels + c]
        })
    }

    pub fn batch_norm(&self, beta: &[f64], statistics: &[f64]) -> Vec<f64> {
        let map = &self.map;
        let standard = self.standard(statistics);
        each_of(map, |n, c, row, column| {
            self.gamma[c] * standard[at(map, n, c, row, column)] + beta[c]
        })
    }

    /// Gradients of map, scale and shift; mean and variance depend on the map.
    pub fn batch_norm_gradient(&self, statistics: &[f64], dy: &[f64]) -> [Vec<f64>; 3] {
        let map = &self.map;
        let standard = self.standard(statistics);
        let products: Vec<f64> = standard.iter().zip(dy).map(|(s, dy)| s * dy).collect();
        let sum = |of: &[f64]| -> Vec<f64> {
            let channels = 0..map.channels;
            channels.map(|c| channel(map, of, c).sum()).collect()
        };
        let (dgamma, dbeta) = (sum(&products), sum(dy));
        let count = map.values_per_channel() as f64;
        let dx = each_of(map, |n, c, row, column| {
            let place = at(map, n, c, row, column);
            let centred = dy[place] - dbeta[c] / count - standard[place] * dgamma[c] / count;
            self.gamma[c] * statistics[map.channels + c] * centred
        });
        [dx, dgamma, dbeta]
    }

    /// Statistics `[2, batch · pixels]` of the channels of every pixel: mean and
    /// `1 / √(variance + epsilon)`.
    pub fn pixel_statistics(&self, epsilon: f64) -> Vec<f64> {
        let map = &self.map;
        let pixels = map.values_per_channel();
        let mut rows = vec![0.0; 2 * pixels];
        for pixel in 0..pixels {
            let (image, place) = (pixel / map.plane(), pixel % map.plane());
            let of = |c| self.x[at(map, image, c, 0, 0) + place];
            let values: Vec<f64> = (0..map.channels).map(of).collect();
            let count = map.channels as f64;
            let mean = values.iter().sum::<f64>() / count;
            let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
            rows[pixel] = mean;
            rows[pixels + pixel] = 1.0 / (variance + epsilon).sqrt();
        }
        rows
    }

    /// `(x − mean) / √(variance + epsilon)` with the statistics of every pixel.
    fn pixel_standard(&self, statistics: &[f64]) -> Vec<f64> {
        let map = &self.map;
        let (mean, inv_std) = statistics.split_at(map.values_per_channel());
        each_of(map, |n, c, row, column| {
            let pixel = n * map.plane() + row * map.width + column;
            (self.x[at(map, n, c, row, column)] - mean[pixel]) * inv_std[pixel]
        })
    }

    pub fn layer_norm(&self, beta: &[f64], statistics: &[f64]) -> Vec<f64> {
        let map = &self.map;
        let standard = self.pixel_standard(statistics);
        each_of(map, |n, c, row, column| {
            self.gamma[c] * standard[at(map, n, c, row, column)] + beta[c]
        })
    }

    /// Gradients of map, scale and shift.
    pub fn layer_norm_gradient(&self, statistics: &[f64], dy: &[f64]) -> [Vec<f64>; 3] {
        let map = &self.map;
        let inv_std = &statistics[map.values_per_channel()..];
        let standard = self.pixel_standard(statistics);
        let [mut dgamma, mut dbeta] = [(); 2].map(|()| vec![0.0; map.channels]);
        // Over the channels of a pixel: Σ gamma dy, and Σ gamma dy standard.
        let mut sums = vec![[0.0; 2]; map.values_per_channel()];
        let pixel_of =
            |n: usize, row: usize, column: usize| (n * map.height + row) * map.width + column;
        each_of(map, |n, c, row, column| {
            let place = at(map, n, c, row, column);
            let sums = &mut sums[pixel_of(n, row, column)];
            sums[0] += self.gamma[c] * dy[place];
            sums[1] += self.gamma[c] * dy[place] * standard[place];
            dgamma[c] += dy[place] * standard[place];
            dbeta[c] += dy[place];
            0.0
        });
        let count = map.channels as f64;
        let dx = each_of(map, |n, c, row, column| {
            let place = at(map, n, c, row, column);
            let pixel = pixel_of(n, row, column);
            let means = sums[pixel].map(|sum| sum / count);
            inv_std[pixel] * (self.gamma[c] * dy[place] - means[0] - standard[place] * means[1])
        });
        [dx, dgamma, dbeta]
    }
}

/// Running mean and variance after they have followed the batch.
pub(super) fn follow(statistics: &[f64], mean: &[f64], variance: &[f64]) -> [Vec<f64>; 2] {
    let channels = mean.len();
    let mixed = |running: &[f64], batch: &[f64]| -> Vec<f64> {
        let pairs = running.iter().zip(batch);
        pairs
            .map(|(running, batch)| (1.0 - MOMENTUM) * running + MOMENTUM * batch)
            .collect()
    };
    [
        mixed(mean, &statistics[..channels]),
        mixed(variance, &statistics[3 * channels..]),
    ]
}

/// Scale `gamma / √(variance + epsilon)` and shift `beta − mean · scale`, `[2, channels]`.
pub(super) fn line([gamma, beta, mean, variance]: [&[f64]; 4], epsilon: f64) -> Vec<f64> {
    let inverse = variance.iter().map(|v| 1.0 / (v + epsilon).sqrt());
    let scale: Vec<f64> = gamma.iter().zip(inverse).map(|(g, i)| g * i).collect();
    let places = 0..gamma.len();
    let shift: Vec<f64> = places.map(|c| beta[c] - mean[c] * scale[c]).collect();
    [scale, shift].concat()
}

/// `scale x + shift` per channel.
pub(super) fn scale_shift(map: &MapShape, x: &[f64], line: &[f64]) -> Vec<f64> {
    let (scale, shift) = line.split_at(map.channels);
    each_of(map, |n, c, row, column| {
        scale[c] * x[at(map, n, c, row, column)] + shift[c]
    })
}

/// Gradients of gamma and beta of a norm by given statistics.
pub(super) fn line_gradient(
    map: &MapShape,
    x: &[f64],
    [mean, variance]: [&[f64]; 2],
    epsilon: f64,
    dy: &[f64],
) -> [Vec<f64>; 2] {
    let channels = 0..map.channels;
    let of_channel = |c: usize| {
        let pairs = channel(map, x, c).zip(channel(map, dy, c));
        let products: f64 = pairs.map(|(x, dy)| (x - mean[c]) * dy).sum();
        products / (variance[c] + epsilon).sqrt()
    };
    let dgamma = channels.clone().map(of_channel).collect();
    let dbeta = channels.map(|c| channel(map, dy, c).sum()).collect();
    [dgamma, dbeta]
}
