//! A Gabor function on the taps of a kernel, and how much of a filter it accounts for.

use std::f64::consts::TAU;

use stats::dot;
use stats::without_mean;

/// Below this share of its length, what is left of the sine beside the cosine is rounding.
const DEPENDENT: f64 = 1e-9;

/// A Gabor function apart from its amplitude and phase:
///
/// g(x, y) = exp(−x′² / 2σ² − y′² / 2τ²) · cos(2π f x′ + φ), where x′ = x cos θ + y sin θ and
/// y′ = y cos θ − x sin θ, and (x, y) are the column and the row from the centre of the wave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaborWave {
    /// θ, the direction across the stripes, in radians.
    pub angle: f64,
    /// f, in cycles per pixel.
    pub frequency: f64,
    /// σ, standard deviation of the envelope across the stripes, in pixels.
    pub across: f64,
    /// τ, the same along the stripes, in pixels; σ / τ is what is often called γ.
    pub along: f64,
    /// Column of the centre, from the middle of the kernel, in pixels.
    pub column: f64,
    /// Row of the centre, from the middle of the kernel, in pixels.
    pub row: f64,
}

/// The wave on the taps of a kernel `[rows, columns]`.
pub(super) struct Taps {
    /// x′ and y′ of every tap.
    places: Vec<[f64; 2]>,
    /// Envelope · cosine and envelope · sine of every tap.
    pub(super) waves: [Vec<f64>; 2],
    /// An orthonormal basis of the two without their means; the second is 0 where they depend on
    /// each other.
    pub(super) basis: [Vec<f64>; 2],
    /// Length of the cosine without its mean, its product with the sine over that length, and
    /// length of what is left of the sine.
    triangle: [f64; 3],
}

impl GaborWave {
    /// R² of `channels`, each `[rows · columns]` with mean 0 and not all 0, by this wave with an
    /// amplitude, a phase and a constant of its own in every channel, fitted by least squares:
    /// 1 − Σ residual² / Σ value², sums over all channels. In [0, 1].
    pub(super) fn r_squared(&self, channels: &[Vec<f64>], size: [usize; 2]) -> f64 {
        let explained = self.taps(size).explained(channels);
        (explained / total(channels)).clamp(0.0, 1.0)
    }

    pub(super) fn taps(&self, [rows, columns]: [usize; 2]) -> Taps {
        let (sin, cos) = self.angle.sin_cos();
        let middle = |count: usize| (count as f64 - 1.0) / 2.0;
        let mut places = Vec::with_capacity(rows * columns);
        let mut waves = [(); 2].map(|()| Vec::with_capacity(rows * columns));
        for row in 0..rows {
            for column in 0..columns {
                let x = column as f64 - middle(columns) - self.column;
                let y = row as f64 - middle(rows) - self.row;
                let [u, v] = [x * cos + y * sin, y * cos - x * sin];
                let (across, along) = (u / self.across, v / self.along);
                let envelope = (-0.5 * (across * across + along * along)).exp();
                let (sine, cosine) = (TAU * self.frequency * u).sin_cos();
                places.push([u, v]);
                waves[0].push(envelope * cosine);
                waves[1].push(envelope * sine);
            }
        }
        let [mut first, mut second] = waves.clone().map(without_mean);
        let cosine = length(&first);
        scale(&mut first, cosine);
        let shared = dot(&first, &second);
        let sine = length(&second);
        for (second, first) in second.iter_mut().zip(&first) {
            *second -= shared * first;
        }
        let rest = length(&second);
        let rest = if rest > DEPENDENT * sine { rest } else { 0.0 };
        scale(&mut second, rest);
        Taps {
            places,
            waves,
            basis: [first, second],
            triangle: [cosine, shared, rest],
        }
    }

    /// Share of `channels` that the wave leaves unexplained, 1 − R², and its derivatives by the
    /// numbers of the wave in their order in [`GaborWave`], those by σ and τ taken by their
    /// logarithms.
    pub(super) fn unexplained(&self, channels: &[Vec<f64>], size: [usize; 2]) -> (f64, [f64; 6]) {
        let taps = self.taps(size);
        let count = taps.places.len();
        // By the best amplitudes the derivative vanishes, so only that of the wave itself counts:
        // Σ residual · ∂model, summed over channels tap by tap.
        let (mut cosines, mut sines) = (vec![0.0; count], vec![0.0; count]);
        let mut left = 0.0;
        for channel in channels {
            let [on_first, on_second] = [0, 1].map(|i| dot(&taps.basis[i], channel));
            let [cosine, shared, rest] = taps.triangle;
            let b = if rest > 0.0 { on_second / rest } else { 0.0 };
            let a = if cosine > 0.0 {
                (on_first - shared * b) / cosine
            } else {
                0.0
            };
            for tap in 0..count {
                let fitted = on_first * taps.basis[0][tap] + on_second * taps.basis[1][tap];
                let residual = channel[tap] - fitted;
                left += residual * residual;
                cosines[tap] += residual * a;
                sines[tap] += residual * b;
            }
        }
        let (sin, cos) = self.angle.sin_cos();
        let mut slopes = [0.0; 6];
        for tap in 0..count {
            let [u, v] = taps.places[tap];
            let [cosine, sine] = [0, 1].map(|i| taps.waves[i][tap]);
            let model = cosines[tap] * cosine + sines[tap] * sine;
            let turned = sines[tap] * cosine - cosines[tap] * sine;
            let (across, along) = (self.across.powi(2), self.along.powi(2));
            let by_u = TAU * self.frequency * turned - u / across * model;
            let by_v = -v / along * model;
            slopes[0] += by_u * v - by_v * u;
            slopes[1] += TAU * u * turned;
            slopes[2] += u * u / across * model;
            slopes[3] += v * v / along * model;
            slopes[4] += by_v * sin - by_u * cos;
            slopes[5] -= by_u * sin + by_v * cos;
        }
        let total = total(channels);
        (left / total, slopes.map(|slope| -2.0 * slope / total))
    }
}

impl Taps {
    /// Σ over channels of what of a channel's square lies in the plane of cosine and sine.
    pub(super) fn explained(&self, channels: &[Vec<f64>]) -> f64 {
        let on = |channel: &Vec<f64>| -> f64 {
            let parts = self.basis.iter().map(|basis| dot(basis, channel).powi(2));
            parts.sum()
        };
        channels.iter().map(on).sum()
    }
}

fn total(channels: &[Vec<f64>]) -> f64 {
    channels.iter().map(|channel| dot(channel, channel)).sum()
}

fn length(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

/// Divides by `length`, or makes everything 0 where it is 0.
fn scale(values: &mut [f64], length: f64) {
    let factor = if length > 0.0 { 1.0 / length } else { 0.0 };
    values.iter_mut().for_each(|value| *value *= factor);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Derivatives against differences, for waves of every kind.
    #[test]
    fn derivatives_are_right() {
        let value = |i: usize| ((i * 37 + i * i * 11) % 997) as f64 / 498.5 - 1.0;
        let channels: Vec<Vec<f64>> = (0..3)
            .map(|c| without_mean((0..30).map(|i| value(c * 30 + i)).collect()))
            .collect();
        let wave = |p: [f64; 6]| GaborWave {
            angle: p[0],
            frequency: p[1],
            across: p[2].exp(),
            along: p[3].exp(),
            column: p[4],
            row: p[5],
        };
        for point in [
            [0.4, 0.2, 0.5, 0.9, 0.3, -0.6],
            [2.9, 0.05, 1.5, 0.1, -1.0, 1.7],
            [-0.7, 0.49, 0.0, 2.0, 0.0, 0.0],
        ] {
            let (left, slopes) = wave(point).unexplained(&channels, [5, 6]);
            let other = 1.0 - wave(point).r_squared(&channels, [5, 6]);
            assert!((left - other).abs() < 1e-12);
            for (i, slope) in slopes.iter().enumerate() {
                let at = |step: f64| {
                    let mut point = point;
                    point[i] += step;
                    wave(point).unexplained(&channels, [5, 6]).0
                };
                let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                let close = (slope - difference).abs() < 1e-6 * (1.0 + difference.abs());
                assert!(close, "{i}: {slope}, not {difference}");
            }
        }
    }
}
