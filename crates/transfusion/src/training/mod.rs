//! Training: the loop of one run, and the runner of many.

mod allotment;
mod device;
mod failure;
mod first_filters;
mod frozen;
mod initial;
mod loss;
mod phases;
mod pictures;
mod plan;
mod prediction;
mod run;
mod runner;
mod schedule;
mod trial;

pub use allotment::Allotment;
pub use device::device;
pub use failure::RunFailure;
pub use initial::Start;
pub use phases::{mean_passes, passes, spans, widest};
pub use pictures::TrainingPictures;
pub use plan::TrainPlan;
pub use prediction::{batch_size, pixels, predict, probabilities};
pub use run::{RunEnd, execute};
pub use runner::{Runner, Tally, panic_message};
pub use schedule::Schedule;
