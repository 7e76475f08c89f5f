//! One arm over its seeds, and two arms against each other.

mod arm;
mod comparison;

pub use arm::Arm;
pub use comparison::{Comparison, Outcome, smallest_detectable};
