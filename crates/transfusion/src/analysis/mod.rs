//! What trained networks kept of their start, and what they share: every finished run before
//! against after training, pairs of runs, and every block of one network against every block of
//! another. Activations live in memory only.

mod capture;
mod channels;
mod failure;
mod map;
mod networks;
mod pair;
mod part;
mod runner;

pub use failure::AnalysisFailure;
pub use part::Part;
pub use runner::AnalysisRunner;
