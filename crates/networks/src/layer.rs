//! The layers that networks are listed in.

/// How a convolution walks over its input, rows first, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvGeometry {
    /// Step between neighbouring outputs, at least 1.
    pub stride: [usize; 2],
    /// Zeros added on both sides.
    pub padding: [usize; 2],
    /// Distance between neighbouring taps of the kernel, at least 1.
    pub dilation: [usize; 2],
    /// Independent groups of channels, at least 1; divides both channel counts.
    pub groups: usize,
}

/// Where the windows of a pool lie, rows first, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolGeometry {
    /// Extent of a window, at least 1.
    pub kernel: [usize; 2],
    /// Step between neighbouring windows, at least 1.
    pub stride: [usize; 2],
    /// Border added on both sides, at most half a window.
    pub padding: [usize; 2],
    /// Whether a last window may reach past the border.
    pub ceil: bool,
}

/// A function that is applied to every number by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `max(x, 0)`; the gradient at 0 is 0.
    Relu,
    /// `min(max(x, 0), 6)`; the gradient at 0 and at 6 is 0.
    Relu6,
    /// `x / (1 + e⁻ˣ)`, also called swish.
    Silu,
    /// `x Φ(x)` with `Φ(x) = (1 + erf(x / √2)) / 2`: the exact form, not the one by tanh.
    Gelu,
    /// `1 / (1 + e⁻ˣ)`
    Sigmoid,
}

/// What flows between layers, for one image: a map of `channels × height × width` numbers. A
/// feature vector is a map of one pixel, a transformer's sequence of tokens a map of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Channels, or features of a vector or token.
    pub channels: usize,
    /// Rows, or tokens.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Shape {
    /// A vector of features.
    pub fn vector(features: usize) -> Self {
        Self {
            channels: features,
            height: 1,
            width: 1,
        }
    }

    /// Rows times columns.
    pub fn pixels(self) -> usize {
        self.height * self.width
    }

    /// Numbers that one image occupies.
    pub fn elements(self) -> usize {
        self.channels * self.pixels()
    }
}

/// A convolution: weight `[channels_out, channels_in / groups, kernel, kernel]`.
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
    /// Whether it adds `<path>.bias` `[channels_out]`.
    pub bias: bool,
}

impl Conv {
    /// A square convolution of stride 1 without bias, padded so that maps keep their size where
    /// `kernel` is odd.
    pub fn new(path: String, channels: [usize; 2], kernel: usize) -> Self {
        Self {
            path,
            channels_in: channels[0],
            channels_out: channels[1],
            kernel: [kernel; 2],
            geometry: ConvGeometry {
                stride: [1; 2],
                padding: [kernel / 2; 2],
                dilation: [1; 2],
                groups: 1,
            },
            bias: false,
        }
    }

    /// The same with another stride.
    pub fn stride(mut self, stride: usize) -> Self {
        self.geometry.stride = [stride; 2];
        self
    }

    /// The same with other zeros on each side.
    pub fn padding(mut self, padding: usize) -> Self {
        self.geometry.padding = [padding; 2];
        self
    }

    /// The same with one kernel per channel.
    pub fn depthwise(mut self) -> Self {
        self.geometry.groups = self.channels_in;
        self
    }

    /// The same with a bias.
    pub fn with_bias(mut self) -> Self {
        self.bias = true;
        self
    }
}

/// A normalisation with scale `<path>.weight` and shift `<path>.bias`, `[channels]` each.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
    /// Parameter path of the layer.
    pub path: String,
    /// Channels normalised.
    pub channels: usize,
    /// Added to the variance before the square root.
    pub epsilon: f64,
}

impl Norm {
    /// With PyTorch's ε, 1e-5.
    pub fn new(path: String, channels: usize) -> Self {
        Self {
            path,
            channels,
            epsilon: 1e-5,
        }
    }

    /// The same with another ε.
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }
}

/// One layer. The list of a network's layers is all there is to know about it: its parameters,
/// cost and forward pass are derived from the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// The channels in reverse order: a network that reads BGR begins with it.
    ReverseChannels,
    /// Zeros around the map as TensorFlow's `SAME` has them for a window of `kernel` and `stride`:
    /// one more at the bottom and right where their number is odd.
    PadSame {
        /// Height and width of the window that follows, in pixels.
        kernel: [usize; 2],
        /// Its step, in pixels.
        stride: [usize; 2],
    },
    /// Convolution.
    Conv(Conv),
    /// Batch normalisation, with running statistics `<path>.running_mean` and `.running_var`.
    BatchNorm(Norm),
    /// Normalisation over the channels of every pixel or token by itself.
    LayerNorm(Norm),
    /// A function of every number by itself.
    Activation(Activation),
    /// Maximum over windows.
    MaxPool(PoolGeometry),
    /// Mean over windows; the zeros of the border count.
    AveragePool(PoolGeometry),
    /// Mean over rows and columns: a map becomes a vector.
    GlobalAverage,
    /// `body(x) + shortcut(x)`; an empty shortcut is the identity.
    Residual {
        /// The layers that learn the residual.
        body: Vec<Layer>,
        /// The projection, where shapes change.
        shortcut: Vec<Layer>,
        /// Whether `max(·, 0)` follows the sum.
        relu: bool,
    },
    /// Every branch reads the same map; their channels are put one after the other. An empty
    /// branch is the identity.
    Branches(Vec<Vec<Layer>>),
    /// `x · body(x)`, where the body makes one number per channel: squeeze-and-excitation.
    Gate(Vec<Layer>),
    /// One learnt factor per channel, `<path>` `[channels, 1, 1]`: LayerScale.
    Scale {
        /// Parameter path.
        path: String,
        /// Channels.
        channels: usize,
    },
    /// `W x + b` at every pixel or token, with weight `[features_out, features_in]` and bias
    /// `[features_out]`.
    Linear {
        /// Parameter path of the layer.
        path: String,
        /// Features read.
        features_in: usize,
        /// Features written.
        features_out: usize,
    },
    /// Pixels become tokens row by row, a class token `[1, 1, features]` goes first, and positions
    /// `[1, tokens, features]` are added.
    Embed {
        /// Parameter path of the class token.
        class_token: String,
        /// Parameter path of the positions.
        positions: String,
        /// Features of a token.
        features: usize,
        /// Tokens, the class token included.
        tokens: usize,
    },
    /// Self-attention of tokens that hold query, key and value one after the other: `3 · features`
    /// channels become `features`.
    Attention {
        /// Heads; they share the features evenly.
        heads: usize,
        /// Features written.
        features: usize,
    },
    /// The first token alone.
    FirstToken,
    /// A second head: the map passes unchanged; in training the logits of these layers add to the
    /// loss, in inference they are left out.
    Auxiliary(Vec<Layer>),
}

impl Layer {
    /// `max(x, 0)`.
    pub const RELU: Self = Self::Activation(Activation::Relu);

    /// `W x + b`, from the first to the second number of features.
    pub fn linear(path: impl Into<String>, [features_in, features_out]: [usize; 2]) -> Self {
        Self::Linear {
            path: path.into(),
            features_in,
            features_out,
        }
    }

    /// The layer's path, or what it does where it owns no tensor.
    pub fn name(&self) -> &str {
        match self {
            Self::Conv(conv) => &conv.path,
            Self::BatchNorm(norm) | Self::LayerNorm(norm) => &norm.path,
            Self::Linear { path, .. } | Self::Scale { path, .. } => path,
            Self::Embed { positions, .. } => positions,
            Self::ReverseChannels => "reverse-channels",
            Self::PadSame { .. } => "pad-same",
            Self::Activation(_) => "activation",
            Self::MaxPool(_) => "max-pool",
            Self::AveragePool(_) => "average-pool",
            Self::GlobalAverage => "global-average",
            Self::Residual { .. } => "residual",
            Self::Branches(_) => "branches",
            Self::Gate(_) => "gate",
            Self::Attention { .. } => "attention",
            Self::FirstToken => "first-token",
            Self::Auxiliary(_) => "auxiliary",
        }
    }

    /// Channels that leave the layer when `channels` enter it.
    pub fn channels(&self, channels: usize) -> usize {
        let through = |layers: &[Self]| {
            let layers = layers.iter();
            layers.fold(channels, |channels, layer| layer.channels(channels))
        };
        match self {
            Self::Conv(conv) => conv.channels_out,
            Self::Linear { features_out, .. } => *features_out,
            Self::Attention { features, .. } => *features,
            Self::Residual { body, .. } => through(body),
            Self::Branches(branches) => branches.iter().map(|branch| through(branch)).sum(),
            _ => channels,
        }
    }

    /// The lists of layers inside, in the order of their parameters.
    pub fn inner(&self) -> Vec<&[Layer]> {
        match self {
            Self::Residual { body, shortcut, .. } => vec![body, shortcut],
            Self::Branches(branches) => branches.iter().map(Vec::as_slice).collect(),
            Self::Gate(layers) | Self::Auxiliary(layers) => vec![layers],
            _ => Vec::new(),
        }
    }
}
