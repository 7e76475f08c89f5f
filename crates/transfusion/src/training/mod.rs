//! Training: the loop of one run, and the runner of many.

mod allotment;
mod device;
mod loss;
mod plan;
mod prediction;
mod probe;
mod run;
mod runner;
mod schedule;

pub use allotment::Allotment;
pub use device::device;
pub use plan::TrainPlan;
pub use prediction::{batch_size, pixels, predict, probabilities};
pub use run::{RunEnd, RunFailure, execute};
pub use runner::{Runner, Tally, panic_message};
pub use schedule::Schedule;
