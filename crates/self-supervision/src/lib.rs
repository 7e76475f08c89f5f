//! Networks that learn from pictures without labels: SimSiam (Chen and He, *Exploring Simple Siamese
//! Representation Learning*, CVPR 2021).
//!
//! Two random views of every picture go through one network. A *projector* behind its features
//! makes the outputs of a view, a *predictor* behind that makes of them a guess at the outputs of the
//! other view, and the loss is how far both guesses point elsewhere. No gradient passes the outputs
//! that are guessed at; without that all outputs become the same.
//!
//! Here the two views of a batch are one batch of twice its size: batch norms take their statistics
//! over both views, where the paper's implementation takes those of each view by itself.

mod cosine;
mod error;
mod learning;
mod look;
mod neighbours;
mod siamese;
mod sim_siam;
mod unused;
mod views;
mod window;

pub use cosine::{Agreement, agreement};
pub use error::SelfSupervisionError;
pub use learning::{Learned, Learning};
pub use look::Look;
pub use neighbours::{ASKED, KNOWN};
pub use siamese::Siamese;
pub use sim_siam::SimSiam;
