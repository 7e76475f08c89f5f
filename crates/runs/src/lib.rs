//! The jobs of a study and the runner that does them: probes, runs to train, parts of the analysis.

pub mod analysis;
mod event;
pub mod memory;
pub mod probe;
mod runner;
mod tally;
pub mod training;
mod work;
mod workers;

pub use event::{Event, Listener, Silence};
pub use runner::{Runner, Share};
pub use tally::Tally;
pub use work::Work;
pub use workers::Workers;
