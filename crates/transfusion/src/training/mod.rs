//! Training: the loop of one run, and the runner of many.

mod device;
mod loss;
mod plan;
mod prediction;
mod run;
mod runner;
mod schedule;

pub use device::device;
pub use plan::TrainPlan;
pub use prediction::predict;
pub use run::{RunEnd, RunFailure, execute};
pub use runner::{Runner, Tally};
pub use schedule::Schedule;
