//! What frozen features can do: a linear probe and k nearest neighbours on every block of a network
//! that is not trained.
//!
//! The features of a picture are a block's output averaged over positions. They are computed once,
//! for all blocks in one forward pass, and used by both methods, every training size, and every
//! seed that they are the same for.
//!
//! Scores of transferability read the same features, of training and validation pictures.

mod failure;
mod features;
mod fitting;
mod labels;
mod probing;
mod scoring;
mod source_head;

pub use failure::ProbeFailure;
pub use features::Features;
pub(crate) use labels::KnownLabels;
pub use probing::probe;
