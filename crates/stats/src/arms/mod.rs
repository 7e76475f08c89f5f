//! One arm over its seeds, and what two of them may come to.

mod arm;
mod hierarchical;
mod label_efficiency;
mod multiplicity;
mod outcome;
mod permutation;
mod published;
mod seed_curves;

pub use arm::Arm;
pub use hierarchical::HierarchicalBootstrap;
pub use label_efficiency::{Factor, LabelEfficiency, SizeScores};
pub use multiplicity::holm;
pub use outcome::{Outcome, smallest_detectable};
pub use permutation::{PatientPermutation, SeedPermutation};
pub use published::{Group, GroupComparison, Variances};
