//! Pretrained tensors of other extents, brought to those of the network.

use std::fmt;

use serde::{Deserialize, Serialize};

use networks::{HostTensor, Kind, Parameter, grid};

/// What becomes of the first convolution's weight where images have other channels than those it
/// was trained on. (Replicating a grey image to three channels needs no adaptation.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputAdaptation {
    /// For one channel, the sum over the pretrained channels: what the pretrained network computes
    /// on a replicated grey image. For more, the same as `repeat`.
    #[default]
    Sum,
    /// The pretrained channels in turn, times pretrained ÷ new channels, which keeps the scale of
    /// what the convolution writes.
    Repeat,
}

/// How a tensor was adapted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adapted {
    /// Summed over the input channels.
    Summed,
    /// Input channels repeated and scaled.
    Repeated,
    /// Positions interpolated to another number of tokens (bicubic, antialiased).
    Interpolated,
}

impl fmt::Display for Adapted {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Summed => "summed over the input channels",
            Self::Repeated => "input channels repeated and scaled",
            Self::Interpolated => "positions interpolated",
        })
    }
}

/// The tensor with the extents of `parameter`, if it can be brought to them. `is_first` says that
/// the parameter looks at the image.
pub(super) fn adapt(
    tensor: &HostTensor,
    parameter: &Parameter,
    is_first: bool,
    input: InputAdaptation,
) -> Option<(Vec<f32>, Adapted)> {
    match (&tensor.shape[..], &parameter.shape[..]) {
        ([out, from, rows, columns], [out_to, to, rows_to, columns_to])
            if is_first && [out, rows, columns] == [out_to, rows_to, columns_to] && *from > 0 =>
        {
            let pixels = rows * columns;
            let kernels = tensor.values.chunks_exact(from * pixels);
            if *to == 1 && input == InputAdaptation::Sum {
                let summed = kernels.flat_map(|kernel| {
                    (0..pixels).map(move |at| kernel.iter().skip(at).step_by(pixels).sum())
                });
                return Some((summed.collect(), Adapted::Summed));
            }
            let factor = *from as f32 / *to as f32;
            let repeated = kernels.flat_map(|kernel| {
                (0..to * pixels)
                    .map(move |at| kernel[at / pixels % from * pixels + at % pixels] * factor)
            });
            Some((repeated.collect(), Adapted::Repeated))
        }
        ([1, from, features], [1, to, features_to])
            if parameter.kind == Kind::Positions && features == features_to =>
        {
            let [(from, first), (to, first_to)] = [grid(*from)?, grid(*to)?];
            let tokens = (first == first_to).then_some(Tokens {
                first,
                features: *features,
            })?;
            let values = tokens.interpolated(&tensor.values, [from, to]);
            Some((values, Adapted::Interpolated))
        }
        _ => None,
    }
}

/// What stands on a grid.
struct Tokens {
    /// Positions before those of the grid.
    first: usize,
    features: usize,
}

impl Tokens {
    /// Positions `[first + from², features]` on a grid of `to²`; the first stay.
    fn interpolated(&self, values: &[f32], [from, to]: [usize; 2]) -> Vec<f32> {
        let Self { first, features } = *self;
        let taps = taps(from, to);
        let (first, grid) = values.split_at(first * features);
        // Columns first, then rows; each in f64.
        let mut narrow = vec![0.0; from * to * features];
        for row in 0..from {
            for (column, taps) in taps.iter().enumerate() {
                for (source, weight) in taps {
                    let at = (row * from + source) * features;
                    let into = (row * to + column) * features;
                    for f in 0..features {
                        narrow[into + f] += weight * f64::from(grid[at + f]);
                    }
                }
            }
        }
        let mut all = first.to_vec();
        for taps in &taps {
            for column in 0..to {
                all.extend((0..features).map(|f| {
                    let value = |(source, weight): &(usize, f64)| {
                        weight * narrow[(source * to + column) * features + f]
                    };
                    taps.iter().map(value).sum::<f64>() as f32
                }));
            }
        }
        all
    }
}

/// For every target position the source positions it reads and their weights, which sum to 1:
/// Keys' cubic with a = −½, widened where the grid shrinks, as PyTorch's antialiased bicubic.
fn taps(from: usize, to: usize) -> Vec<Vec<(usize, f64)>> {
    let scale = from as f64 / to as f64;
    let widening = scale.max(1.0);
    let reach = 2.0 * widening;
    (0..to)
        .map(|target| {
            let centre = scale * (target as f64 + 0.5);
            let start = (centre - reach + 0.5).max(0.0) as usize;
            let end = ((centre + reach + 0.5) as usize).min(from);
            let weights: Vec<f64> = (start..end)
                .map(|source| cubic((source as f64 - centre + 0.5) / widening))
                .collect();
            let total: f64 = weights.iter().sum();
            (start..end)
                .zip(weights.into_iter().map(|w| w / total))
                .collect()
        })
        .collect()
}

fn cubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    let x = x.abs();
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(kind: Kind, shape: &[usize]) -> Parameter {
        Parameter {
            path: "w".into(),
            shape: shape.into(),
            kind,
            block: 0,
            is_classifier: false,
            is_new: false,
            is_added: false,
        }
    }

    fn tensor(shape: &[usize]) -> HostTensor {
        let n: usize = shape.iter().product();
        HostTensor {
            shape: shape.into(),
            values: (0..n).map(|i| (0.7 * i as f64).sin() as f32).collect(),
        }
    }

    /// A grey image through the summed weight is the replicated image through the original one;
    /// repeating a weight for three channels keeps it.
    #[test]
    fn channels() {
        let weight = tensor(&[2, 3, 2, 2]);
        let grey = parameter(Kind::ConvWeight, &[2, 1, 2, 2]);
        let (summed, how) = adapt(&weight, &grey, true, InputAdaptation::Sum).unwrap();
        assert_eq!(how, Adapted::Summed);
        for (i, value) in summed.iter().enumerate() {
            let (out, pixel) = (i / 4, i % 4);
            let expected: f32 = (0..3)
                .map(|c| weight.values[out * 12 + c * 4 + pixel])
                .sum();
            assert_eq!(*value, expected);
        }
        let (one, _) = adapt(&weight, &grey, true, InputAdaptation::Repeat).unwrap();
        assert_eq!(one[5], weight.values[13] * 3.0);
        let many = parameter(Kind::ConvWeight, &[2, 6, 2, 2]);
        let (repeated, how) = adapt(&weight, &many, true, InputAdaptation::Sum).unwrap();
        assert_eq!(how, Adapted::Repeated);
        assert_eq!(repeated[24 + 3 * 4 + 1], weight.values[12 + 1] * 0.5);
        assert!(adapt(&weight, &many, false, InputAdaptation::Sum).is_none());
    }

    /// `F.interpolate(grid, mode="bicubic", antialias=True)` of torch 2.14 on
    /// `sin(0.7 i)` as `[1, 1 + 9, 2]`, to 5×5 and 2×2: first, middle and last positions.
    /// ```python
    /// v = torch.sin(0.7 * torch.arange(20, dtype=torch.float64)).float().reshape(1, 10, 2)
    /// g = v[:, 1:].reshape(1, 3, 3, 2).permute(0, 3, 1, 2)
    /// for n in (5, 2):
    ///     r = F.interpolate(g, size=(n, n), mode="bicubic", antialias=True)
    ///     print(r.permute(0, 2, 3, 1).reshape(n * n, 2)[[0, n * n // 2, n * n - 1]])
    /// ```
    #[test]
    fn positions_as_pytorch() {
        let positions = tensor(&[1, 10, 2]);
        for (edge, expected) in [(5, GOLDEN_5), (2, GOLDEN_2)] {
            let n = edge * edge;
            let to = parameter(Kind::Positions, &[1, 1 + n, 2]);
            let (values, how) = adapt(&positions, &to, false, InputAdaptation::Sum).unwrap();
            assert_eq!(how, Adapted::Interpolated);
            assert_eq!(values[..2], positions.values[..2]);
            let alone = HostTensor {
                shape: vec![1, 9, 2],
                values: positions.values[2..].to_vec(),
            };
            let to_alone = parameter(Kind::Positions, &[1, n, 2]);
            let adapted = adapt(&alone, &to_alone, false, InputAdaptation::Sum);
            assert_eq!(adapted, Some((values[2..].to_vec(), how)));
            assert_eq!(adapt(&alone, &to, false, InputAdaptation::Sum), None);
            for (i, token) in [0, n / 2, n - 1].into_iter().enumerate() {
                for f in 0..2 {
                    let found = values[(1 + token) * 2 + f];
                    assert!(
                        (found - expected[i][f]).abs() < 2e-6,
                        "{edge} {token}: {found}"
                    );
                }
            }
        }
    }

    const GOLDEN_5: [[f32; 2]; 3] = [
        [1.1676003, 1.031_158],
        [0.6569866, 0.9881682],
        [0.0527437, 0.8043516],
    ];
    const GOLDEN_2: [[f32; 2]; 3] = [
        [0.4755834, 0.4847876],
        [-0.5098791, -0.4149701],
        [0.1210941, 0.4126702],
    ];
}
