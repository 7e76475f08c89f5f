//! What trained networks kept of their start, and what they share: every finished run before
//! against after training, pairs of runs, and every block of one network against every block of
//! another. Activations live in memory only.

mod capture;
mod channels;
mod failure;
mod filters;
mod map;
mod movement;
mod neighbours;
mod networks;
mod pair;
mod part;
mod reset;
mod run;
#[cfg(test)]
mod tests;

pub use failure::AnalysisFailure;
pub use filters::filters;
pub use movement::movements;
pub use neighbours::neighbour_aucs;
pub use networks::Networks;
pub use part::analyse;
pub use reset::{Replaced, drawn_anew, replaced};
pub(crate) use run::trained;
pub use run::{BlockSimilarity, RunNetworks, Similar, analyse_run};
