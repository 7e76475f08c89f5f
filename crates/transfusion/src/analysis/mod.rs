//! What trained networks kept of their start, and what they share.

mod failure;
mod filters;
mod gabor_bounds;
mod gabor_fit;
mod gabor_wave;
mod movement;
mod neighbours;
mod reset;
mod run;
#[cfg(test)]
mod tests;

pub use failure::AnalysisFailure;
pub use filters::{correlation, cosine, filters};
pub use gabor_fit::{GaborFit, GaborSearch};
pub use gabor_wave::GaborWave;
pub use movement::{Movement, movements};
pub use neighbours::neighbour_aucs;
pub use reset::{Replaced, drawn_anew, replaced};
pub use run::{BlockSimilarity, Similar, analyse_run};
