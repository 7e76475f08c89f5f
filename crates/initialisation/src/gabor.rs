//! Synthetic first filters: a bank of Gabor functions.

use std::f64::consts::{FRAC_PI_2, PI};

use serde::{Deserialize, Serialize};

use super::moments::moments;

/// Cycles per pixel.
const FREQUENCIES: [f64; 4] = [0.08, 0.16, 0.25, 0.32];
/// Angles of a bank of up to 128 filters, evenly over half a turn.
const ANGLES: usize = 16;
/// Standard deviation of the envelope, in pixels.
const SIGMA: f64 = 2.0;
/// Pixels that a kernel covers at most; a larger one shows the same window more finely.
const WINDOW: f64 = 7.0;

/// Whether a bank is grey or has colour-opponent filters too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// The same in all channels.
    Grey,
    /// Of three channels, filter i is grey, red-green or blue-yellow as i mod 3 is 0, 1 or 2: unit
    /// vectors (1, 1, 1), (1, −1, 0) and (1, 1, −2). Every frequency and every angle of a bank of
    /// 64 has all three. Of other numbers of channels as grey.
    Colour,
}

/// Which standard deviation a bank is brought to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// That of the network's random draw.
    He,
    /// That of the pretrained tensor.
    Pretrained,
}

/// The Gabor function of every filter, `[filters, rows, columns]` with `size` = [rows, columns] in
/// pixels:
///
/// g(x, y) = exp(−(x′² + y′²) / 2σ²) / 2πσ² · cos(2π f x′ + φ),
/// x′ = x cos θ + y sin θ, y′ = −x sin θ + y cos θ, with σ = 2.
///
/// x and y are the column and row from the middle, divided by max(1, columns / 7) and
/// max(1, rows / 7). A bank of 64 has phase φ = 0, frequencies f = 0.08, 0.16, 0.25, 0.32 cycles
/// per pixel, and for each of them the angles θ = kπ/16. Fewer filters are taken from it evenly:
/// filter i is that of index ⌊64 i / filters⌋. Of up to 128, those from the 65th on are taken in
/// the same way from the bank with φ = π/2. Of more, the two banks have ⌈filters / 8⌉ angles and all
/// filters are taken evenly from both.
///
/// The paper (Raghu et al. 2019) draws its bank with scikit-image and crops it; this is the formula
/// itself on the kernel's own pixels, so filters agree in kind, not number by number.
pub fn bank(filters: usize, size: [usize; 2]) -> Vec<f64> {
    let [rows, columns] = size;
    let position = |at: usize, of: usize| {
        (at as f64 - (of as f64 - 1.0) / 2.0) / (of as f64 / WINDOW).max(1.0)
    };
    let mut values = Vec::with_capacity(filters * rows * columns);
    for filter in 0..filters {
        let Wave {
            frequency,
            angle,
            phase,
        } = Wave::new(filter, filters);
        let (sin, cos) = angle.sin_cos();
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (position(column, columns), position(row, rows));
                let (along, across) = (x * cos + y * sin, y * cos - x * sin);
                let square = SIGMA * SIGMA;
                let envelope = (-(along * along + across * across) / (2.0 * square)).exp();
                let wave = (2.0 * PI * frequency * along + phase).cos();
                values.push(envelope / (2.0 * PI * square) * wave);
            }
        }
    }
    values
}

/// What distinguishes the filters of a bank.
struct Wave {
    /// Cycles per pixel.
    frequency: f64,
    /// In radians.
    angle: f64,
    /// In radians.
    phase: f64,
}

impl Wave {
    fn new(filter: usize, filters: usize) -> Self {
        let bank = FREQUENCIES.len() * ANGLES;
        let (angles, index) = if filters <= bank {
            (ANGLES, filter * bank / filters)
        } else if filters <= 2 * bank {
            let behind = filters - bank;
            let index = filter.checked_sub(bank).map(|i| bank + i * bank / behind);
            (ANGLES, index.unwrap_or(filter))
        } else {
            let angles = filters.div_ceil(2 * FREQUENCIES.len());
            let both = 2 * FREQUENCIES.len() * angles;
            (angles, filter * both / filters)
        };
        let within = index % (FREQUENCIES.len() * angles);
        Self {
            frequency: FREQUENCIES[within / angles],
            angle: PI * (within % angles) as f64 / angles as f64,
            phase: if index == within { 0.0 } else { FRAC_PI_2 },
        }
    }
}

/// The bank as a weight `[out, in, rows, columns]`: the mean of every filter's function over its
/// pixels subtracted, then coloured, then brought as a whole to the standard deviation `std`. With
/// `reversed` the channels are blue, green, red.
pub(super) fn weight(shape: &[usize], colour: Colour, std: f64, reversed: bool) -> Vec<f32> {
    let &[filters, channels, rows, columns] = shape else {
        return Vec::new();
    };
    let functions = bank(filters, [rows, columns]);
    let pixels = (rows * columns).max(1);
    let mut values = Vec::with_capacity(functions.len() * channels);
    for (filter, function) in functions.chunks_exact(pixels).enumerate() {
        let mean = function.iter().sum::<f64>() / pixels as f64;
        for channel in 0..channels {
            let channel = if reversed {
                channels - 1 - channel
            } else {
                channel
            };
            let factor = match (colour, channels) {
                (Colour::Colour, 3) => opponent(filter)[channel],
                _ => 1.0,
            };
            values.extend(function.iter().map(|v| ((v - mean) * factor) as f32));
        }
    }
    let (_, variance) = moments(&values);
    // A kernel of one pixel has no waves: its filters are 0.
    let factor = if variance > 0.0 {
        std / variance.sqrt()
    } else {
        0.0
    };
    let scaled = values.iter().map(|v| (f64::from(*v) * factor) as f32);
    scaled.collect()
}

/// Red, green and blue of a filter, of Euclidean length 1.
fn opponent(filter: usize) -> [f64; 3] {
    let direction = [[1.0, 1.0, 1.0], [1.0, -1.0, 0.0], [1.0, 1.0, -2.0]][filter % 3];
    let length = direction.iter().map(|v: &f64| v * v).sum::<f64>().sqrt();
    direction.map(|v| v / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `checks/gabor.py`: the sum of |g|, that of g cos(index), and three values, of banks of several counts
    /// and sizes.
    #[test]
    fn banks_follow_the_formula() {
        for &(filters, size, golden) in GOLDEN {
            let bank = bank(filters, size);
            let pixels = size[0] * size[1];
            assert_eq!(bank.len(), filters * pixels);
            let weighted = bank.iter().enumerate().map(|(i, v)| v * (i as f64).cos());
            let found = [
                bank.iter().map(|v| v.abs()).sum(),
                weighted.sum(),
                bank[0],
                bank[(filters / 2) * pixels + 1],
                bank[(filters - 1) * pixels + pixels / 2 + 1],
            ];
            for (found, expected) in found.iter().zip(golden) {
                let close = (found - expected).abs() < 1e-6;
                assert!(close, "{filters} of {size:?}: {found}, not {expected}");
            }
        }
    }

    /// Every value of the bank of a 7 × 7 convolution with 64 filters, against the formula written
    /// out once more.
    #[test]
    fn sixty_four_of_seven() {
        let bank = bank(64, [7, 7]);
        for (i, value) in bank.iter().enumerate() {
            let (filter, y, x) = (i / 49, (i / 7 % 7) as f64 - 3.0, (i % 7) as f64 - 3.0);
            let f = [0.08, 0.16, 0.25, 0.32][filter / 16];
            let t = PI * (filter % 16) as f64 / 16.0;
            let expected = (-(x * x + y * y) / 8.0).exp() / (8.0 * PI)
                * (2.0 * PI * f * (x * t.cos() + y * t.sin())).cos();
            assert!((value - expected).abs() < 1e-6);
        }
    }

    /// No filter sees a uniform picture, the tensor has the standard deviation asked for, and
    /// every frequency and every angle has all three colours.
    #[test]
    fn weights_have_no_mean_and_the_right_scale() {
        for (shape, colour) in [
            ([64, 3, 7, 7], Colour::Colour),
            ([64, 3, 7, 7], Colour::Grey),
            ([384, 3, 16, 16], Colour::Colour),
            ([32, 1, 3, 3], Colour::Colour),
            ([96, 3, 4, 4], Colour::Grey),
        ] {
            let values = weight(&shape, colour, 0.04, false);
            let (mean, variance) = moments(&values);
            assert!(mean.abs() < 1e-7 && (variance.sqrt() - 0.04).abs() < 1e-7);
            for kernel in values.chunks(shape[2] * shape[3]) {
                assert!(kernel.iter().map(|v| f64::from(*v)).sum::<f64>().abs() < 1e-5);
            }
        }
        for index in 0..16 {
            let angle: Vec<_> = (0..4).map(|f| (16 * f + index) % 3).collect();
            assert!((0..3).all(|colour| angle.contains(&colour)));
        }
        let rgb = weight(&[2, 3, 5, 5], Colour::Colour, 1.0, false);
        let bgr = weight(&[2, 3, 5, 5], Colour::Colour, 1.0, true);
        assert_eq!(rgb[75..100], bgr[125..150]);
        assert!(
            weight(&[2, 3, 1, 1], Colour::Grey, 1.0, false)
                .iter()
                .all(|v| *v == 0.0)
        );
    }

    const GOLDEN: &[(usize, [usize; 2], [f64; 5])] = &[
        (
            64,
            [7, 7],
            [
                35.657126847,
                -0.221053387,
                0.000263325,
                -0.007834867,
                -0.013712276,
            ],
        ),
        (
            32,
            [5, 5],
            [
                13.479908122,
                -1.259472842,
                0.007843142,
                0.000000000,
                -0.009932157,
            ],
        ),
        (
            24,
            [3, 3],
            [
                5.084361124,
                0.025950650,
                0.027154552,
                0.035113436,
                -0.003539471,
            ],
        ),
        (
            33,
            [4, 4],
            [
                10.890339597,
                0.012105326,
                0.016526403,
                0.028536676,
                0.009511462,
            ],
        ),
        (
            96,
            [4, 4],
            [
                29.632543632,
                0.003682636,
                0.016526403,
                0.015597951,
                -0.036147632,
            ],
        ),
        (
            100,
            [7, 7],
            [
                53.979031097,
                -0.764799757,
                0.000263325,
                0.007572033,
                0.033679455,
            ],
        ),
        (
            128,
            [3, 5],
            [
                35.043364075,
                0.159504404,
                0.011411704,
                0.014928341,
                0.032325329,
            ],
        ),
        (
            384,
            [16, 16],
            [
                1081.925993576,
                -0.029626133,
                -0.000211560,
                0.003731715,
                0.007510279,
            ],
        ),
    ];
}
