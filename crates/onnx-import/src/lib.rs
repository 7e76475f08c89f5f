//! ONNX files as networks: graphs as trees of [layers](networks::zoo::OwnLayer), tensors as their weights.
//!
//! A graph is read operator by operator (`steps`), what is computed number by number is told by what it
//! computes (`function`), and what lies between a value and the place where its branches meet becomes a
//! residual sum, branches or a gate (`tree`). Whatever has no place in such a tree is refused, with the
//! operator's name and node.

mod block;
mod budget;
mod constant;
mod dominators;
mod elementwise;
mod error;
mod function;
mod import;
mod layers;
mod node;
mod operators;
mod output;
mod paths;
mod shapes;
mod step;
mod steps;
mod tree;
mod windows;

pub use block::BlockPatterns;
pub use error::ImportError;
pub use import::{Imported, import};
pub use operators::OPERATORS;

/// Largest file that is read, in bytes: protocol buffers cannot be larger.
pub const FILE_LIMIT: u64 = i32::MAX as u64;
