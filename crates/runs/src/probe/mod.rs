//! What frozen features can do: a linear probe and k nearest neighbours on every block of a network
//! that is not trained.
//!
//! The features of a picture are a block's output averaged over positions. They are computed once,
//! for all blocks in one forward pass, and used by both methods, every training size, and every
//! seed that they are the same for.
//!
//! Scores of transferability read the same features, of training and validation pictures.

mod features;
mod fitting;
mod lbfgs;
mod logistic;
mod matrix;
mod neighbours;
mod probing;
mod regression;
mod scoring;
mod source_head;
#[cfg(test)]
mod tests;

pub use features::Features;
pub(crate) use lbfgs::minimise;
pub use logistic::LinearProbe;
pub(crate) use matrix::dot;
pub use neighbours::Neighbours;
pub use probing::{ProbeFailure, probe};
