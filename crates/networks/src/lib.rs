//! Networks for images as data and arithmetic: what they are made of, what they cost, and the files
//! that weights come in. No device is needed, and none is bound.
//!
//! A [`Network`] is an ordered list of named [`Block`]s of [`Layer`]s. Everything else is derived
//! from that list: [`Parameter`]s, [`Cost`]s, [`Selection`]s of tensors, what is read of pretrained
//! [`Weights`], and [ONNX files](onnx). The [`zoo`] holds the networks that have a name.
//! What their weights begin with is the crate `initialisation`, how they are trained `regimes`.
//!
//! ```
//! use networks::Input;
//! use networks::zoo::{self, Choice};
//!
//! let input = Input::square(3, 224);
//! let network = zoo::network(&Choice::named("resnet18"), input, 1000)?;
//! assert_eq!(network.parameter_count(), 11_689_512);
//! assert_eq!(network.cost()?.macs, 1_814_073_344);
//!
//! let names: Vec<_> = network.blocks.iter().map(|b| b.name.as_str()).collect();
//! assert_eq!(names, ["stem", "block1", "block2", "block3", "block4", "head"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod card;
mod cost;
mod draws;
mod grid;
mod layer;
mod network;
mod network_error;
pub mod onnx;
mod parameter;
mod pattern;
mod pretrained;
mod selection;
pub mod zoo;

pub use checkpoints::{Format, HostTensor, Weights, WeightsError, WeightsFile};

pub use card::{Card, Normalisation, WithoutLabels};
pub use cost::Cost;
pub use draws::{Draw, Draws};
pub use grid::grid;
pub use layer::{
    Activation, Added, Attention, Auxiliary, AveragePool, BatchNorm, Branches, Conv, ConvGeometry,
    Embed, Factor, FirstToken, FromWindows, Gate, GlobalAverage, Layer, LayerNorm, Linear, MaxPool,
    MergePatches, Norm, PadSame, PatchTokens, PoolGeometry, Product, Registers, Residual,
    ResponseNorm, ReverseChannels, RotaryPositions, Scale, Shape, ToWindows, WindowAttention,
    Windows, same_border,
};
pub use network::{Block, Input, Network};
pub use network_error::NetworkError;
pub use parameter::{Kind, Parameter};
pub use pattern::Pattern;
pub use pretrained::{Allowance, Mismatch, Pretrained, PretrainedError};
pub use selection::{Selection, SelectionError, layer};
