//! Networks as data, their initialisation, and the operations that bind our kernels into Burn.
//!
//! A [`Network`] is an ordered list of named [`Block`]s of [`Layer`]s. Parameter lists, costs,
//! transfer up to a block and the forward pass ([`Model`]) are all derived from that list.

mod card;
mod cost;
pub mod initialisation;
mod layer;
mod model;
mod network;
pub mod onnx;
pub mod ops;
mod optimizer;
mod parameter;
mod pattern;
mod pretrained;
pub mod regime;
mod selection;
mod tape;
mod trace;
mod weights;
pub mod zoo;

pub use card::{Card, Normalisation};
pub use cost::Cost;
pub use layer::{Conv, Layer, Norm, Shape};
pub use model::{Logits, Model};
pub use network::{Block, Input, Network, NetworkError};
pub use optimizer::{Optimizer, OptimizerState, Rule};
pub use parameter::{Kind, Parameter};
pub use pattern::Pattern;
pub use pretrained::{Allowance, Mismatch, Pretrained, PretrainedError};
pub use selection::{Selection, SelectionError};
pub use tape::Tape;
pub use trace::same_border;
pub use weights::{Format, HostTensor, Weights, WeightsError, WeightsFile};
