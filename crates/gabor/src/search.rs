//! The Gabor filter that fits a filter best.

use std::f64::consts::PI;

use rand_distr::{Distribution as _, StandardNormal};
use rayon::prelude::*;
use streams::stream;

use crate::bounds::{Bounds, Shares};
use crate::wave::{GaborWave, Taps};
use stats::minimise;
use stats::{varies, without_mean};

/// Angles of the coarse grid, evenly over half a turn.
const ANGLES: usize = 8;
/// Frequencies of the coarse grid, evenly over their range; the best point of each is refined.
const FREQUENCIES: usize = 6;
/// Both standard deviations of the coarse grid, as shares of their range.
const ENVELOPES: [f64; 2] = [0.15, 0.45];
/// Centres of the coarse grid along each axis, as shares of their range.
const CENTRES: [f64; 3] = [0.25, 0.5, 0.75];
/// Most steps of a refinement.
const STEPS: usize = 100;
/// A refinement ends where no derivative of R² is larger.
const TOLERANCE: f64 = 1e-6;
/// Noise filters behind a floor.
const DRAWS: u64 = 64;

/// The best-fitting Gabor filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaborFit {
    /// Share of the filter's variance about the mean of each channel that it accounts for, in
    /// [0, 1].
    pub r_squared: f64,
    /// The wave; phase and amplitude are each channel's own.
    pub wave: GaborWave,
}

/// Searches the best-fitting Gabor filters of filters of one shape.
///
/// All channels of a filter share one wave ([`GaborWave`]); each has an amplitude, a phase and a
/// constant of its own. A coarse grid of waves is tried, and from the best one of each frequency
/// the six numbers of the wave are refined by L-BFGS, the linear ones solved for at every step
/// (variable projection, Golub and Pereyra 1973). Frequencies go from a quarter of a cycle over the
/// kernel (over 7 pixels, where it is smaller) to 0.5 cycles per pixel, standard deviations of the
/// envelope from 1 pixel to twice the kernel, and centres lie on the kernel.
///
/// R² says how much of a filter a Gabor function accounts for, not that the filter is useful, nor
/// how it came about: spots, edges and even gradients fit too. With 6 + 3 · channels free numbers it
/// is above 0 on pure noise, the more so the smaller the kernel: compare it with
/// [`noise_floor`](Self::noise_floor), the median on noise of the same shape, about 0.17 for three
/// channels of 7 × 7, 0.29 for 5 × 5, 0.42 for 4 × 4 and 0.62 for 3 × 3; of one channel 0.30 for
/// 7 × 7 and 0.47 for 5 × 5.
pub struct GaborSearch {
    bounds: Bounds,
    channels: usize,
    size: [usize; 2],
    /// The coarse grid, by frequency.
    grid: Vec<Vec<(f64, Shares, Taps)>>,
}

impl GaborSearch {
    /// For filters of `shape` `[channels, rows, columns]`; none where such a filter has no more
    /// weights than the fit has free numbers, 6 + 3 · channels.
    pub fn new([channels, rows, columns]: [usize; 3]) -> Option<Self> {
        if channels * rows * columns <= 6 + 3 * channels {
            return None;
        }
        let size = [rows, columns];
        let bounds = Bounds::new(size);
        let middle = |number: usize| (number as f64 + 0.5) / FREQUENCIES as f64;
        let grid = (0..FREQUENCIES).map(|number| coarse(&bounds, middle(number), size));
        Some(Self {
            channels,
            size,
            grid: grid.collect(),
            bounds,
        })
    }

    /// The best fit of `filter` `[channels · rows · columns]`; none without variance about the
    /// means of its channels, or with a value that is no finite number.
    pub fn best(&self, filter: &[f32]) -> Option<GaborFit> {
        let whole: f64 = filter.iter().map(|v| f64::from(*v).powi(2)).sum();
        let taps = self.size.iter().product();
        let wide = |channel: &[f32]| channel.iter().map(|v| f64::from(*v)).collect();
        let channels = filter.chunks_exact(taps).map(|c| without_mean(wide(c)));
        let channels: Vec<Vec<f64>> = channels.collect();
        if !varies(channels.iter().flatten(), whole) {
            return None;
        }
        let fits = self.grid.iter().filter_map(|waves| {
            let explained = |(_, _, taps): &(f64, Shares, Taps)| taps.explained(&channels);
            let better = |a: &&_, b: &&_| explained(a).total_cmp(&explained(b));
            let (angle, shares, _) = waves.iter().max_by(better)?;
            Some(self.refined(*angle, *shares, &channels))
        });
        fits.max_by(|a, b| a.r_squared.total_cmp(&b.r_squared))
    }

    /// The best fit downhill from a wave.
    fn refined(&self, angle: f64, shares: Shares, channels: &[Vec<f64>]) -> GaborFit {
        // A share is (1 + sin t) / 2, so that t has no bounds.
        let wave = |point: &[f64]| {
            let shares = std::array::from_fn(|i| (1.0 + point[i + 1].sin()) / 2.0);
            self.bounds.wave(point[0], shares)
        };
        let inner = shares.map(|share| (2.0 * share - 1.0).asin());
        let start = [&[angle][..], &inner].concat();
        let minimum = minimise(start, TOLERANCE, STEPS, |point, gradient| {
            let (left, slopes) = wave(point).unexplained(channels, self.size);
            gradient[0] = slopes[0];
            for (i, range) in self.bounds.ranges().into_iter().enumerate() {
                gradient[i + 1] = slopes[i + 1] * range / 2.0 * point[i + 1].cos();
            }
            left
        });
        let wave = wave(&minimum.point);
        GaborFit {
            r_squared: wave.r_squared(channels, self.size),
            wave,
        }
    }

    /// Median R² of the best fits of 64 filters of this shape whose weights are independent
    /// Gaussian noise: what a filter without any structure reaches.
    pub fn noise_floor(&self) -> Option<f64> {
        let weights = self.channels * self.size.iter().product::<usize>();
        let one = |draw: u64| {
            let stream = stream(0, "analysis/gabor-noise", draw);
            let noise: Vec<f32> = StandardNormal.sample_iter(stream).take(weights).collect();
            Some(self.best(&noise)?.r_squared)
        };
        let mut found: Vec<f64> = (0..DRAWS).into_par_iter().filter_map(one).collect();
        found.sort_by(f64::total_cmp);
        let middle = found.len() / 2;
        Some((found.get(middle)? + found.get(middle.checked_sub(1)?)?) / 2.0)
    }
}

/// Waves of one frequency, a share of its range.
fn coarse(bounds: &Bounds, frequency: f64, size: [usize; 2]) -> Vec<(f64, Shares, Taps)> {
    let mut waves = Vec::new();
    for angle in (0..ANGLES).map(|number| PI * number as f64 / ANGLES as f64) {
        for envelope in ENVELOPES {
            for column in CENTRES {
                for row in CENTRES {
                    let shares = [frequency, envelope, envelope, column, row];
                    let taps = bounds.wave(angle, shares).taps(size);
                    waves.push((angle, shares, taps));
                }
            }
        }
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(shape: [usize; 3]) -> GaborSearch {
        GaborSearch::new(shape).expect("large enough")
    }

    fn drawn(count: usize, a: usize, b: usize) -> Vec<f32> {
        let value = |i: usize| ((i * a + i * i * b) % 997) as f64 / 498.5 - 1.0;
        (0..count).map(|i| value(i) as f32).collect()
    }

    /// `[x, y]` of a kernel of 7 × 7.
    fn places() -> impl Iterator<Item = [f64; 2]> {
        (0..49).map(|tap| [(tap % 7) as f64 - 3.0, (tap / 7) as f64 - 3.0])
    }

    fn edge() -> Vec<f32> {
        let value = |[x, y]: [f64; 2]| (x + 0.5 * y + 0.1).signum() as f32;
        places().map(value).collect()
    }

    fn spot() -> Vec<f32> {
        let spot = |[x, y]: [f64; 2]| {
            let square = x * x + y * y;
            (-square / 2.0).exp() - 0.3 * (-square / 9.0).exp()
        };
        let spots = [1.0, -1.0, 0.0].map(|factor| places().map(move |p| factor * spot(p)));
        let noise = (0..147).map(|i: usize| ((i * 37 + i * i * 11) % 997) as f64 / 498.5 - 1.0);
        let sums = spots.into_iter().flatten().zip(noise);
        sums.map(|(spot, noise)| (spot + 0.1 * noise) as f32)
            .collect()
    }

    /// R² of one given wave by `numpy.linalg.lstsq`, and the best of 150 searches from random
    /// starts by `scipy.optimize.minimize` (L-BFGS-B, numeric gradient) within the same bounds.
    ///
    /// ```python
    /// def r_squared(p, w):
    ///     angle, f, across, along, cx, cy = p
    ///     c, rows, cols = w.shape
    ///     y, x = np.mgrid[0:rows, 0:cols].astype(float)
    ///     x = x - (cols - 1) / 2 - cx; y = y - (rows - 1) / 2 - cy
    ///     u = x * np.cos(angle) + y * np.sin(angle); v = y * np.cos(angle) - x * np.sin(angle)
    ///     e = np.exp(-u**2 / (2 * across**2) - v**2 / (2 * along**2))
    ///     t = 2 * np.pi * f * u
    ///     design = np.stack([e * np.cos(t), e * np.sin(t), e * 0 + 1]).reshape(3, -1).T
    ///     y = w.reshape(c, -1).T
    ///     fit, *_ = np.linalg.lstsq(design, y, rcond=None)
    ///     return 1 - ((y - design @ fit)**2).sum() / ((y - y.mean(0))**2).sum()
    /// ```
    #[test]
    fn fits_are_those_of_numpy_and_scipy() {
        let wave = GaborWave {
            angle: 0.4,
            frequency: 0.2,
            across: 1.5,
            along: 2.5,
            column: 0.3,
            row: -0.6,
        };
        let golden = [
            ([3, 5, 5], drawn(75, 37, 11), 0.050313936, 0.247953),
            ([3, 7, 7], drawn(147, 101, 29), 0.017090964, 0.149040),
            ([1, 7, 7], drawn(49, 211, 13), 0.019070439, 0.241319),
            ([1, 7, 7], edge(), 0.460890523, 0.872134),
            ([3, 7, 7], spot(), 0.338896664, 0.840453),
        ];
        for (shape, filter, of_wave, best) in golden {
            let size = [shape[1], shape[2]];
            let wide = |c: &[f32]| c.iter().map(|v| f64::from(*v)).collect();
            let channels = filter.chunks_exact(size[0] * size[1]);
            let channels: Vec<_> = channels.map(|c| without_mean(wide(c))).collect();
            let found = wave.r_squared(&channels, size);
            assert!((found - of_wave).abs() < 1e-8, "{found}, not {of_wave}");
            let found = search(shape).best(&filter).expect("a fit").r_squared;
            assert!((found - best).abs() < 2e-3, "{found}, not {best}");
        }
    }

    /// The floors that the documentation states.
    #[test]
    fn noise_looks_a_little_like_gabor_filters() {
        for (shape, expected) in [
            ([3, 3, 3], 0.62),
            ([3, 4, 4], 0.42),
            ([3, 5, 5], 0.29),
            ([3, 7, 7], 0.17),
            ([3, 16, 16], 0.04),
            ([1, 5, 5], 0.47),
            ([1, 7, 7], 0.30),
        ] {
            let found = search(shape).noise_floor().expect("a floor");
            assert!((found - expected).abs() < 0.006, "{shape:?}: {found}");
        }
    }

    #[test]
    fn what_cannot_be_fitted_has_no_fit() {
        assert!(GaborSearch::new([1, 3, 3]).is_none());
        assert!(GaborSearch::new([3, 1, 1]).is_none());
        let search = search([3, 5, 5]);
        assert_eq!(search.best(&[0.1; 75]), None);
        let mut filter = drawn(75, 37, 11);
        filter[3] = f32::NAN;
        assert_eq!(search.best(&filter), None);
        let thin = GaborSearch::new([2, 1, 16]).expect("large enough");
        assert!(thin.best(&drawn(32, 37, 11)).is_some());
    }
}
