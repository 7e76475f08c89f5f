//! Gabor functions fitted to the filters of a convolution.
//!
//! A search: bounds ─▶ waves on a coarse grid ─▶ the best of each frequency refined.

mod bounds;
mod search;
mod wave;

pub use search::{GaborFit, GaborSearch};
pub use wave::GaborWave;
