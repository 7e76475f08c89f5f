//! What leaves a layer, and what it costs.

use crate::cost::Cost;
use crate::layer::{Layer, Shape, same_border};
use crate::network_error::NetworkError;

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
                let output = conv.output(input)?;
                cost.macs += (output.elements() * conv.macs_per_output()) as u64;
                output
            }
            Self::MaxPool(pool) => pool.output(self.name(), input)?,
            Self::AveragePool(pool) => pool.output(self.name(), input)?,
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
