//! The layers that networks are listed in.

mod activation;
mod conv;
mod norm;
mod pad_same;
mod pool;
mod shape;
mod window;

pub use self::activation::Activation;
pub use self::conv::{Conv, ConvGeometry};
pub use self::norm::Norm;
pub use self::pad_same::same_border;
pub use self::pool::PoolGeometry;
pub use self::shape::Shape;

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
            Self::ReverseChannels
            | Self::PadSame { .. }
            | Self::BatchNorm(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::GlobalAverage
            | Self::Gate(_)
            | Self::Scale { .. }
            | Self::Embed { .. }
            | Self::FirstToken
            | Self::Auxiliary(_) => channels,
        }
    }

    /// The lists of layers inside, in the order of their parameters.
    pub fn inner(&self) -> Vec<&[Layer]> {
        match self {
            Self::Residual { body, shortcut, .. } => vec![body, shortcut],
            Self::Branches(branches) => branches.iter().map(Vec::as_slice).collect(),
            Self::Gate(layers) | Self::Auxiliary(layers) => vec![layers],
            Self::ReverseChannels
            | Self::PadSame { .. }
            | Self::BatchNorm(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::GlobalAverage
            | Self::Conv(_)
            | Self::Scale { .. }
            | Self::Linear { .. }
            | Self::Embed { .. }
            | Self::Attention { .. }
            | Self::FirstToken => Vec::new(),
        }
    }

    /// Whether the layer decides how many channels it writes: the last that does gives a list its
    /// width.
    pub(crate) fn chooses_width(&self) -> bool {
        match self {
            Self::Conv(conv) => !conv.is_depthwise(),
            Self::Residual { shortcut, .. } => shortcut.iter().any(Self::chooses_width),
            Self::Linear { .. } | Self::Attention { .. } | Self::Branches(_) => true,
            Self::ReverseChannels
            | Self::PadSame { .. }
            | Self::BatchNorm(_)
            | Self::LayerNorm(_)
            | Self::Activation(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::GlobalAverage
            | Self::Gate(_)
            | Self::Scale { .. }
            | Self::Embed { .. }
            | Self::FirstToken
            | Self::Auxiliary(_) => false,
        }
    }
}
