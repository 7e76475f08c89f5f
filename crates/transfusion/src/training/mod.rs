//! Training: the loop of one run, and the runner of many.

mod allotment;
mod device;
mod failure;
mod frozen;
mod loss;
mod phases;
mod plan;
mod prediction;
mod probe;
mod run;
mod runner;
mod schedule;

pub use allotment::Allotment;
pub use device::device;
pub use failure::RunFailure;
pub use phases::{mean_passes, passes, spans, widest};
pub use plan::TrainPlan;
pub use prediction::{predict, probabilities};
pub use run::{RunEnd, execute};
pub use runner::{Runner, Tally};
pub use schedule::Schedule;
