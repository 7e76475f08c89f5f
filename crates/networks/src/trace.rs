//! What leaves a layer, and what it costs.

use crate::cost::Cost;
use crate::layer::{Conv, Layer, Shape};
use crate::network::NetworkError;
use crate::layer::PoolGeometry;

impl Layer {
    /// The shape that leaves the layer when `input` enters it; adds what that costs to `cost`.
    pub fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let mismatch = |found: Shape| NetworkError::Mismatch {
            layer: self.name().into(),
            found,
        };
        let reads = |channels: usize| match input.channels == channels {
            true => Ok(()),
            false => Err(mismatch(input)),
        };
        let through = |layers: &[Layer], cost: &mut Cost| {
            layers
                .iter()
                .try_fold(input, |shape, layer| layer.trace(shape, cost))
        };
        let output = match self {
            Self::ReverseChannels => return Ok(input),
            Self::BatchNorm(norm) | Self::LayerNorm(norm) => {
                reads(norm.channels)?;
                return Ok(input);
            }
            Self::Activation(_) => return Ok(input),
            Self::Scale { channels, .. } => {
                reads(*channels)?;
                return Ok(input);
            }
            Self::Auxiliary(layers) => {
                through(layers, cost)?;
                return Ok(input);
            }
            Self::PadSame { kernel, stride } => {
                let [top, bottom, left, right] = same_border(input, *kernel, *stride);
                Shape {
                    height: input.height + top + bottom,
                    width: input.width + left + right,
                    ..input
                }
            }
            Self::Conv(conv) => {
                reads(conv.channels_in)?;
                let output = convolved(conv, input)?;
                let [rows, columns] = conv.kernel;
                let per_output = conv.channels_in / conv.geometry.groups * rows * columns;
                cost.macs += (output.elements() * per_output) as u64;
                output
            }
            Self::MaxPool(pool) => pooled("max-pool", pool, input)?,
            Self::AveragePool(pool) => pooled("average-pool", pool, input)?,
            Self::GlobalAverage => Shape::vector(input.channels),
            Self::Residual { body, shortcut, .. } => {
                let sum = through(body, cost)?;
                let projected = through(shortcut, cost)?;
                if sum != projected {
                    return Err(mismatch(projected));
                }
                sum
            }
            Self::Branches(branches) => {
                let mut joined = Shape {
                    channels: 0,
                    ..input
                };
                for (index, branch) in branches.iter().enumerate() {
                    let part = through(branch, cost)?;
                    let pixels = (part.height, part.width);
                    if index > 0 && pixels != (joined.height, joined.width) {
                        return Err(mismatch(part));
                    }
                    joined = Shape {
                        channels: joined.channels + part.channels,
                        ..part
                    };
                }
                joined
            }
            Self::Gate(layers) => {
                let factors = through(layers, cost)?;
                if factors != Shape::vector(input.channels) {
                    return Err(mismatch(factors));
                }
                input
            }
            Self::Linear {
                features_in,
                features_out,
                ..
            } => {
                reads(*features_in)?;
                cost.macs += (features_in * features_out * input.pixels()) as u64;
                Shape {
                    channels: *features_out,
                    ..input
                }
            }
            Self::Embed {
                features, tokens, ..
            } => {
                reads(*features)?;
                if input.pixels() + 1 != *tokens {
                    return Err(mismatch(input));
                }
                Shape {
                    channels: *features,
                    height: *tokens,
                    width: 1,
                }
            }
            Self::Attention { features, .. } => {
                reads(3 * features)?;
                cost.macs += (2 * input.pixels() * input.pixels() * features) as u64;
                Shape {
                    channels: *features,
                    ..input
                }
            }
            Self::FirstToken => Shape::vector(input.channels),
        };
        cost.activations += output.elements() as u64;
        Ok(output)
    }
}

/// Zeros at the top, bottom, left and right that TensorFlow's `SAME` adds to a map of shape
/// `input`, so that a window gives ⌈n / stride⌉ outputs along every axis.
pub fn same_border(input: Shape, kernel: [usize; 2], stride: [usize; 2]) -> [usize; 4] {
    let total = |n: usize, i: usize| {
        let outputs = n.div_ceil(stride[i]).max(1);
        ((outputs - 1) * stride[i] + kernel[i]).saturating_sub(n)
    };
    let (rows, columns) = (total(input.height, 0), total(input.width, 1));
    [
        rows / 2,
        rows - rows / 2,
        columns / 2,
        columns - columns / 2,
    ]
}

fn convolved(conv: &Conv, input: Shape) -> Result<Shape, NetworkError> {
    let size = |n: usize, i: usize| {
        let geometry = &conv.geometry;
        let (stride, padding) = (geometry.stride[i], geometry.padding[i]);
        window_count(n, conv.kernel[i], stride, padding, geometry.dilation[i])
    };
    match (size(input.height, 0), size(input.width, 1)) {
        (Some(height), Some(width)) => Ok(Shape {
            channels: conv.channels_out,
            height,
            width,
        }),
        _ => Err(NetworkError::MapTooSmall {
            layer: conv.path.clone(),
            height: input.height,
            width: input.width,
            kernel: conv.kernel,
        }),
    }
}

fn pooled(name: &str, pool: &PoolGeometry, input: Shape) -> Result<Shape, NetworkError> {
    let size = |n: usize, i: usize| {
        let slack = if pool.ceil { pool.stride[i] - 1 } else { 0 };
        let (kernel, stride, padding) = (pool.kernel[i], pool.stride[i], pool.padding[i]);
        let count = window_count(n + slack, kernel, stride, padding, 1)?;
        // A window that would start behind the map is left out, as in PyTorch.
        let starts_behind = (count - 1) * stride >= n + padding;
        Some(count - usize::from(pool.ceil && starts_behind))
    };
    match (size(input.height, 0), size(input.width, 1)) {
        (Some(height), Some(width)) => Ok(Shape {
            height,
            width,
            ..input
        }),
        _ => Err(NetworkError::MapTooSmall {
            layer: name.into(),
            height: input.height,
            width: input.width,
            kernel: pool.kernel,
        }),
    }
}

/// Positions of a window along an axis of `n` pixels; none if the window does not fit once.
fn window_count(
    n: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
    dilation: usize,
) -> Option<usize> {
    let reach = dilation * (kernel - 1) + 1;
    (n + 2 * padding >= reach).then(|| (n + 2 * padding - reach) / stride + 1)
}
