//! Networks as data, their initialisation, and the files that their weights come in.
//!
//! A [`Network`] is an ordered list of named [`Block`]s of [`Layer`]s. Parameter lists, costs and
//! transfer up to a block are all derived from that list.

mod card;
mod cost;
pub mod initialisation;
mod layer;
mod network;
pub mod onnx;
mod parameter;
mod pattern;
mod pretrained;
pub mod regime;
mod selection;
mod trace;
mod weights;
pub mod zoo;

pub use card::{Card, Normalisation};
pub use cost::Cost;
pub use layer::{Activation, Conv, ConvGeometry, Layer, Norm, PoolGeometry, Shape};
pub use network::{Block, Input, Network, NetworkError};
pub use parameter::{Kind, Parameter};
pub use pattern::Pattern;
pub use pretrained::{Allowance, Mismatch, Pretrained, PretrainedError};
pub use selection::{Selection, SelectionError};
pub use trace::same_border;
pub use weights::{Format, HostTensor, Weights, WeightsError, WeightsFile};
