//! The words that a network of one's own is written in.

use serde::{Deserialize, Serialize};

/// A named part of a network of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnBlock {
    /// Its name; that of the last is `head`.
    pub name: String,
    /// Its layers in order.
    pub layers: Vec<OwnLayer>,
}

/// A layer as it is written: a word, or a table of one key. What a layer reads follows from the layers
/// before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnLayer {
    /// A convolution.
    Conv(OwnConv),
    /// Normalisation of every channel over a batch.
    BatchNorm,
    /// Normalisation of every pixel or token by itself.
    LayerNorm,
    /// One of the two with another ε.
    Norm(OwnNorm),
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// `x / (1 + e⁻ˣ)`.
    Silu,
    /// `x Φ(x)`.
    Gelu,
    /// `x / (1 + e^(−1.702 x))`.
    QuickGelu,
    /// `1 / (1 + e⁻ˣ)`.
    Sigmoid,
    /// `x min(max(x + 3, 0), 6) / 6`.
    HardSwish,
    /// `min(max(x + 3, 0), 6) / 6`.
    HardSigmoid,
    /// Zeros around the map as TensorFlow's `SAME` has them for the window that follows.
    PadSame(OwnWindow),
    /// The largest of every window.
    MaxPool(OwnPool),
    /// The mean of every window.
    AveragePool(OwnPool),
    /// The mean over all pixels.
    GlobalAverage,
    /// `W x + b`, to so many features.
    Linear(usize),
    /// `W x + b`, to the study's classes: the last layer.
    Classifier,
    /// `body(x) + shortcut(x)`.
    Residual(OwnResidual),
    /// What several lists make of the same map, channels behind channels.
    Branches(Vec<Vec<OwnLayer>>),
    /// A factor a channel, which a list makes of the map: squeeze-and-excitation.
    Gate(Vec<OwnLayer>),
    /// What two lists make of the same map, multiplied number by number.
    Product([Vec<OwnLayer>; 2]),
    /// A trained factor a channel.
    Scale,
    /// Pixels become tokens, behind a class token, and get positions.
    Embed,
    /// Attention over queries, keys and values, which lie behind each other.
    Attention(OwnAttention),
    /// The class token alone.
    FirstToken,
    /// A list several times over, with tensors of its own each time.
    Repeat(OwnRepeat),
}

/// A convolution as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnConv {
    /// Channels written.
    pub channels: usize,
    /// Rows and columns of the kernel, in pixels.
    pub kernel: Pair,
    /// Step between outputs; 1 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stride: Option<Pair>,
    /// Zeros on both sides; half the kernel without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub padding: Option<Pair>,
    /// Distance of taps; 1 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dilation: Option<Pair>,
    /// Groups of channels that do not see each other; 1 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<usize>,
    /// Whether a number a channel is added.
    #[serde(default)]
    pub bias: bool,
}

/// A pool as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPool {
    /// Rows and columns of a window, in pixels.
    pub window: Pair,
    /// Step between windows; that of the window without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stride: Option<Pair>,
    /// Border on both sides; none without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub padding: Option<Pair>,
    /// Whether a last window may reach past the border.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ceil: bool,
}

/// A window that zeros are put around for, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnWindow {
    /// Rows and columns of the window, in pixels.
    pub window: Pair,
    /// Step between windows; 1 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stride: Option<Pair>,
}

/// A normalisation as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnNorm {
    /// Which.
    pub kind: NormKind,
    /// Added to the variance before the square root.
    pub epsilon: Epsilon,
}

/// What a normalisation is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormKind {
    /// Every channel over a batch.
    BatchNorm,
    /// Every pixel or token by itself.
    LayerNorm,
}

/// A number above 0 and at most 1.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Epsilon(f64);

impl TryFrom<f64> for Epsilon {
    type Error = String;

    fn try_from(value: f64) -> Result<Self, String> {
        match value > 0.0 && value <= 1.0 {
            true => Ok(Self(value)),
            false => Err(format!(
                "epsilon: expected a number above 0 and at most 1, found {value}"
            )),
        }
    }
}

impl From<Epsilon> for f64 {
    fn from(epsilon: Epsilon) -> Self {
        epsilon.0
    }
}

/// Never NaN, so that equality is one.
impl PartialEq for Epsilon {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Epsilon {}

impl std::hash::Hash for Epsilon {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// A residual sum as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnResidual {
    /// The layers that learn the residual.
    pub body: Vec<OwnLayer>,
    /// The projection, where shapes change; nothing otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shortcut: Vec<OwnLayer>,
}

/// Attention as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnAttention {
    /// Heads; they share the features evenly.
    pub heads: usize,
}

/// Layers several times over.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnRepeat {
    /// How often.
    pub times: usize,
    /// The layers.
    pub layers: Vec<OwnLayer>,
}

/// A number for rows and columns, or one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Pair {
    /// The same for both.
    Both(usize),
    /// Rows, columns.
    Each([usize; 2]),
}

impl Pair {
    /// Rows and columns.
    pub fn each(self) -> [usize; 2] {
        match self {
            Self::Both(number) => [number; 2],
            Self::Each(each) => each,
        }
    }
}
