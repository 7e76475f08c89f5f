//! First and second moments of one view, and of two views together.
//!
//! Everything is about a pilot: with `x̃ᵢ = xᵢ − pilot`, and the pilot near the mean, small
//! variances keep their digits however large the mean is. [`First`] moves sums to another pilot,
//! exactly; merging, and centring at the end, are both such moves.

mod cross;
mod error;
mod one;
mod shift;
mod wire;

pub use cross::CrossMoments;
pub use error::MomentsError;
pub use one::Moments;
pub(crate) use shift::First;
