//! Anyone's activations: `.npy`, `.npz` and `.safetensors` files, and folders of them.
//!
//! ```text
//! path ─▶ ArraySet ─▶ Entry (name, type, shape) ─▶ StoredArray ─▶ Layer (with Axes)
//!                       └─▶ readings: what the axes of all arrays mean ─┘
//! ```

mod array;
mod array_set;
mod axes;
mod bytes;
mod datapoints;
mod error;
mod layer;
mod lent;
mod natural_order;
mod npy;
mod npz;
mod numbers;
mod reading;
mod safetensors;
mod transposition;

pub use array::{Array, StoredArray};
pub use array_set::{ArraySet, Entry};
pub use axes::{Axes, AxesError};
pub use datapoints::{Datapoints, Seen};
pub use error::FileError;
pub use layer::Layer;
pub use lent::LentArray;
pub use numbers::Numbers;
pub use reading::{Reading, Shapes, readings};
