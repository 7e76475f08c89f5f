//! Networks as data, their initialisation, and the files that their weights come in.
//!
//! A [`Network`] is an ordered list of named [`Block`]s of [`Layer`]s. Parameter lists, costs and
//! transfer up to a block are all derived from that list.

mod card;
mod cost;
mod draws;
pub mod initialisation;
mod layer;
mod network;
mod network_error;
pub mod onnx;
mod parameter;
mod pattern;
mod pretrained;
pub mod regime;
mod selection;
mod tensors;
mod trace;
mod weights;
pub mod zoo;

pub use card::{Card, Normalisation};
pub use cost::Cost;
pub use draws::{Draw, Draws};
pub use layer::{Activation, Conv, ConvGeometry, Layer, Norm, PoolGeometry, Shape, same_border};
pub use network::{Block, Input, Network};
pub use network_error::NetworkError;
pub use parameter::{Kind, Parameter};
pub use pattern::Pattern;
pub use pretrained::{Allowance, Mismatch, Pretrained, PretrainedError};
pub use selection::{Selection, SelectionError};
pub use weights::{Format, HostTensor, Weights, WeightsError, WeightsFile};
