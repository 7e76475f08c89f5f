//! One arm over its seeds, and two arms against each other.

mod arm;
mod comparison;
mod hierarchical;
mod label_efficiency;
mod multiplicity;
mod permutation;
mod published;
mod seed_curves;
mod settling;

pub use arm::Arm;
pub use comparison::{Comparison, Outcome, smallest_detectable};
pub use hierarchical::HierarchicalBootstrap;
pub use label_efficiency::{Factor, LabelEfficiency, SizeScores};
pub use multiplicity::holm;
pub use permutation::{PatientPermutation, SeedPermutation};
pub use published::{Group, GroupComparison, Variances};
pub use settling::{Needed, Settling};
