//! One arm over its seeds, and two arms against each other.

mod arm;
mod comparison;
mod multiplicity;
mod published;
mod settling;

pub use arm::Arm;
pub use comparison::{Comparison, Outcome, smallest_detectable};
pub use multiplicity::holm;
pub use published::{Group, GroupComparison, Variances};
pub use settling::{Needed, Settling};
