//! The layers that networks are listed in.

use crate::cost::Cost;
use crate::network::NetworkError;
use crate::ops::{ConvGeometry, PoolGeometry};
use crate::parameter::{Kind, Parameter};

/// What flows between layers, for one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A feature map `[channels, height, width]`.
    Map {
        /// Channels.
        channels: usize,
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
    },
    /// A vector of features `[features]`.
    Features(usize),
}

impl Shape {
    /// Numbers that one image occupies.
    pub fn elements(self) -> usize {
        match self {
            Shape::Map {
                channels,
                height,
                width,
            } => channels * height * width,
            Shape::Features(n) => n,
        }
    }
}

/// A convolution without bias: weight `[channels_out, channels_in / groups, kernel, kernel]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conv {
    /// Parameter path of the layer; its weight is `<path>.weight`.
    pub path: String,
    /// Channels read.
    pub channels_in: usize,
    /// Channels written.
    pub channels_out: usize,
    /// Kernel height and width, in pixels.
    pub kernel: [usize; 2],
    /// Stride, zero padding, dilation and groups.
    pub geometry: ConvGeometry,
}

/// One layer. The list of a network's layers is all there is to know about it: its parameters,
/// cost and forward pass are derived from the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Convolution.
    Conv(Conv),
    /// Batch normalisation over `channels`, with scale, shift and running statistics.
    BatchNorm {
        /// Parameter path of the layer.
        path: String,
        /// Channels normalised.
        channels: usize,
    },
    /// `max(x, 0)`.
    Relu,
    /// Maximum over windows.
    MaxPool(PoolGeometry),
    /// `relu(body(x) + shortcut(x))`; an empty shortcut is the identity.
    Residual {
        /// The layers that learn the residual.
        body: Vec<Layer>,
        /// The projection, where shapes change.
        shortcut: Vec<Layer>,
    },
    /// Mean over rows and columns: a map becomes features.
    GlobalAverage,
    /// `W x + b` with weight `[features_out, features_in]` and bias `[features_out]`.
    Linear {
        /// Parameter path of the layer.
        path: String,
        /// Features read.
        features_in: usize,
        /// Features written.
        features_out: usize,
    },
}

impl Layer {
    /// The tensors that this layer owns, in the order of its forward pass.
    pub fn parameters(&self, block: usize, into: &mut Vec<Parameter>) {
        let mut add = |path: String, shape: Vec<usize>, kind: Kind| {
            into.push(Parameter {
                path,
                shape,
                kind,
                block,
            });
        };
        match self {
            Layer::Conv(conv) => add(
                format!("{}.weight", conv.path),
                vec![
                    conv.channels_out,
                    conv.channels_in / conv.geometry.groups,
                    conv.kernel[0],
                    conv.kernel[1],
                ],
                Kind::ConvWeight,
            ),
            Layer::BatchNorm { path, channels } => {
                for (name, kind) in [
                    ("weight", Kind::NormScale),
                    ("bias", Kind::NormShift),
                    ("running_mean", Kind::RunningMean),
                    ("running_var", Kind::RunningVariance),
                ] {
                    add(format!("{path}.{name}"), vec![*channels], kind);
                }
            }
            Layer::Linear {
                path,
                features_in,
                features_out,
            } => {
                add(
                    format!("{path}.weight"),
                    vec![*features_out, *features_in],
                    Kind::LinearWeight,
                );
                add(format!("{path}.bias"), vec![*features_out], Kind::Bias);
            }
            Layer::Residual { body, shortcut } => {
                for layer in body.iter().chain(shortcut) {
                    layer.parameters(block, into);
                }
            }
            Layer::Relu | Layer::MaxPool(_) | Layer::GlobalAverage => {}
        }
    }

    /// The shape that leaves the layer when `input` enters it; adds what that costs to `cost`.
    pub fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let output = match (self, input) {
            (
                Layer::Conv(conv),
                Shape::Map {
                    channels,
                    height,
                    width,
                },
            ) if channels == conv.channels_in => {
                let size = |n: usize, i: usize| {
                    window_count(
                        n,
                        conv.kernel[i],
                        conv.geometry.stride[i],
                        conv.geometry.padding[i],
                        conv.geometry.dilation[i],
                    )
                };
                let (Some(height), Some(width)) = (size(height, 0), size(width, 1)) else {
                    return Err(NetworkError::MapTooSmall {
                        layer: conv.path.clone(),
                        height,
                        width,
                        kernel: conv.kernel,
                    });
                };
                cost.macs += (conv.channels_out * height * width) as u64
                    * (conv.channels_in / conv.geometry.groups * conv.kernel[0] * conv.kernel[1])
                        as u64;
                Shape::Map {
                    channels: conv.channels_out,
                    height,
                    width,
                }
            }
            (
                Layer::MaxPool(pool),
                Shape::Map {
                    channels,
                    height,
                    width,
                },
            ) => {
                let size = |n: usize, i: usize| {
                    let slack = if pool.ceil { pool.stride[i] - 1 } else { 0 };
                    let count = window_count(
                        n + slack,
                        pool.kernel[i],
                        pool.stride[i],
                        pool.padding[i],
                        1,
                    )?;
                    // A window that would start behind the map is left out, as in PyTorch.
                    let starts_behind = (count - 1) * pool.stride[i] >= n + pool.padding[i];
                    Some(count - usize::from(pool.ceil && starts_behind))
                };
                let (Some(h), Some(w)) = (size(height, 0), size(width, 1)) else {
                    return Err(NetworkError::MapTooSmall {
                        layer: "max-pool".into(),
                        height,
                        width,
                        kernel: pool.kernel,
                    });
                };
                Shape::Map {
                    channels,
                    height: h,
                    width: w,
                }
            }
            (Layer::Residual { body, shortcut }, _) => {
                let through = |layers: &[Layer], cost: &mut Cost| {
                    layers
                        .iter()
                        .try_fold(input, |shape, layer| layer.trace(shape, cost))
                };
                let sum = through(body, cost)?;
                let projected = through(shortcut, cost)?;
                if sum != projected {
                    return Err(NetworkError::Mismatch {
                        layer: "residual".into(),
                        found: projected,
                    });
                }
                sum
            }
            (
                Layer::BatchNorm {
                    channels: expected, ..
                },
                Shape::Map { channels, .. },
            ) if channels == *expected => {
                return Ok(input);
            }
            (Layer::Relu, Shape::Map { .. }) => return Ok(input),
            (Layer::GlobalAverage, Shape::Map { channels, .. }) => Shape::Features(channels),
            (
                Layer::Linear {
                    features_in,
                    features_out,
                    ..
                },
                Shape::Features(n),
            ) if n == *features_in => {
                cost.macs += (features_in * features_out) as u64;
                Shape::Features(*features_out)
            }
            (layer, found) => {
                return Err(NetworkError::Mismatch {
                    layer: layer.name().into(),
                    found,
                });
            }
        };
        cost.activations += output.elements() as u64;
        Ok(output)
    }

    /// The layer's path, or what it does where it owns no tensor.
    pub fn name(&self) -> &str {
        match self {
            Layer::Conv(conv) => &conv.path,
            Layer::BatchNorm { path, .. } | Layer::Linear { path, .. } => path,
            Layer::Relu => "relu",
            Layer::MaxPool(_) => "max-pool",
            Layer::Residual { .. } => "residual",
            Layer::GlobalAverage => "global-average",
        }
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
