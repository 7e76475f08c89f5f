//! The layers that networks are listed in.

mod activation;
mod added;
mod attention;
mod auxiliary;
mod average_pool;
mod batch_norm;
mod branches;
mod conv;
mod embed;
mod first_token;
mod gate;
mod global_average;
mod kind;
mod layer_norm;
mod linear;
mod list;
mod max_pool;
mod merge_patches;
mod mismatch;
mod norm;
mod pad_same;
mod patch_tokens;
mod pool;
mod product;
mod residual;
mod response_norm;
mod reverse_channels;
mod rotary_positions;
mod scale;
mod shape;
mod window;
mod window_attention;
mod windows;

pub use self::activation::Activation;
pub use self::added::{Added, Factor};
pub use self::attention::Attention;
pub use self::auxiliary::Auxiliary;
pub use self::average_pool::AveragePool;
pub use self::batch_norm::BatchNorm;
pub use self::branches::Branches;
pub use self::conv::{Conv, ConvGeometry};
pub use self::embed::{Embed, Registers};
pub use self::first_token::FirstToken;
pub use self::gate::Gate;
pub use self::global_average::GlobalAverage;
pub use self::layer_norm::LayerNorm;
pub use self::linear::Linear;
pub use self::max_pool::MaxPool;
pub use self::merge_patches::MergePatches;
pub use self::norm::Norm;
pub use self::pad_same::{PadSame, same_border};
pub use self::patch_tokens::PatchTokens;
pub use self::pool::PoolGeometry;
pub use self::product::Product;
pub use self::residual::Residual;
pub use self::response_norm::ResponseNorm;
pub use self::reverse_channels::ReverseChannels;
pub use self::rotary_positions::RotaryPositions;
pub use self::scale::Scale;
pub use self::shape::Shape;
pub use self::window_attention::WindowAttention;
pub use self::windows::{FromWindows, ToWindows, Windows};

pub(crate) use self::kind::{AnyKind, Inner, mark_classifier};

use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::parameter::Parameter;

/// One layer. The list of a network's layers is all there is to know about it: its parameters,
/// cost and forward pass are derived from the list.
///
/// Every kind has a file of its own, which says all that this crate knows of it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "every kind is documented where it is defined")]
pub enum Layer {
    ReverseChannels,
    PadSame(PadSame),
    Conv(Conv),
    BatchNorm(BatchNorm),
    LayerNorm(LayerNorm),
    Activation(Activation),
    MaxPool(MaxPool),
    AveragePool(AveragePool),
    GlobalAverage,
    Residual(Residual<Layer>),
    Branches(Branches<Layer>),
    Gate(Gate<Layer>),
    Product(Product<Layer>),
    Scale(Scale),
    Linear(Linear),
    Embed(Embed),
    RotaryPositions(RotaryPositions),
    Attention(Attention),
    FirstToken,
    PatchTokens(PatchTokens),
    ToWindows(ToWindows),
    WindowAttention(WindowAttention),
    FromWindows(FromWindows),
    MergePatches,
    ResponseNorm(ResponseNorm),
    Auxiliary(Auxiliary<Layer>),
    Added(Added<Layer>),
    Factor(Factor),
}

impl AsRef<AnyKind> for Layer {
    fn as_ref(&self) -> &AnyKind {
        match self {
            Self::ReverseChannels => &ReverseChannels,
            Self::PadSame(kind) => kind,
            Self::Conv(kind) => kind,
            Self::BatchNorm(kind) => kind,
            Self::LayerNorm(kind) => kind,
            Self::Activation(kind) => kind,
            Self::MaxPool(kind) => kind,
            Self::AveragePool(kind) => kind,
            Self::GlobalAverage => &GlobalAverage,
            Self::Residual(kind) => kind,
            Self::Branches(kind) => kind,
            Self::Gate(kind) => kind,
            Self::Product(kind) => kind,
            Self::Scale(kind) => kind,
            Self::Linear(kind) => kind,
            Self::Embed(kind) => kind,
            Self::RotaryPositions(kind) => kind,
            Self::Attention(kind) => kind,
            Self::FirstToken => &FirstToken,
            Self::PatchTokens(kind) => kind,
            Self::ToWindows(kind) => kind,
            Self::WindowAttention(kind) => kind,
            Self::FromWindows(kind) => kind,
            Self::MergePatches => &MergePatches,
            Self::ResponseNorm(kind) => kind,
            Self::Auxiliary(kind) => kind,
            Self::Added(kind) => kind,
            Self::Factor(kind) => kind,
        }
    }
}

impl Layer {
    /// `max(x, 0)`.
    pub const RELU: Self = Self::Activation(Activation::Relu);

    /// `W x + b`, from the first to the second number of features.
    pub fn linear(path: impl Into<String>, [features_in, features_out]: [usize; 2]) -> Self {
        Self::Linear(Linear {
            path: path.into(),
            features_in,
            features_out,
            bias: true,
        })
    }

    /// Batch normalisation.
    pub const fn batch_norm(norm: Norm) -> Self {
        Self::BatchNorm(BatchNorm(norm))
    }

    /// Normalisation over the channels of every pixel or token by itself.
    pub const fn layer_norm(norm: Norm) -> Self {
        Self::LayerNorm(LayerNorm(norm))
    }

    /// Maximum over windows.
    pub const fn max_pool(windows: PoolGeometry) -> Self {
        Self::MaxPool(MaxPool(windows))
    }

    /// Mean over windows.
    pub const fn average_pool(windows: PoolGeometry) -> Self {
        Self::AveragePool(AveragePool(windows))
    }

    /// The channels of every branch, one after the other.
    pub const fn branches(branches: Vec<Vec<Self>>) -> Self {
        Self::Branches(Branches(branches))
    }

    /// `x · body(x)`, one factor per channel.
    pub const fn gate(body: Vec<Self>) -> Self {
        Self::Gate(Gate(body))
    }

    /// A second head.
    pub const fn auxiliary(head: Vec<Self>) -> Self {
        Self::Auxiliary(Auxiliary(head))
    }

    /// The layer's path, or what it does where it owns no tensor.
    pub fn name(&self) -> &str {
        self.as_ref().name()
    }

    /// Channels that leave the layer when `channels` enter it.
    pub fn channels(&self, channels: usize) -> usize {
        self.as_ref().width(channels).channels
    }

    /// The shape that leaves the layer when `input` enters it; adds what that costs to `cost`.
    pub fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        self.as_ref().trace(input, cost)
    }

    /// Adds the tensors that the layer owns, in the order of its forward pass, as those of the
    /// block at index `block`.
    pub fn parameters(&self, block: usize, into: &mut Vec<Parameter>) {
        let tensors = self.as_ref().tensors().into_iter();
        into.extend(tensors.map(|tensor| Parameter { block, ..tensor }));
    }

    /// Whether the layer decides how many channels it writes: the last that does gives a list its
    /// width.
    pub(crate) fn chooses_width(&self) -> bool {
        self.as_ref().width(0).is_chosen
    }
}
