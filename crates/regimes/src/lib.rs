//! Training regimes as data: which tensors move in which phase of a training, how fast, and what
//! holds them back.

pub mod addition;
pub mod dropping;
mod phase;
mod rule;
mod tuning;

pub use phase::{L2Sp, NormPolicy, Phase, Regime};
pub use rule::Rule;
pub use tuning::{Pull, RegimeError, Tuning};
