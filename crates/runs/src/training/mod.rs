//! Training: the loop of one run.

mod descent;
mod effort;
mod failure;
mod first_filters;
mod frozen;
mod gallery;
mod initial;
mod loss;
mod pictures;
mod precision;
mod prediction;
mod products;
mod repetition;
mod run;
mod step_timing;
mod supply;
mod tuned;

pub use failure::RunFailure;
pub use initial::Start;
pub(crate) use initial::grow;
pub use pictures::TrainingPictures;

pub(crate) use descent::descent;
pub(crate) use loss::objective;
pub(crate) use precision::precision;
pub(crate) use products::of_products;

pub use precision::{check_precision, measure_precisions};
pub(crate) use prediction::held_batch_size;
pub use prediction::{batch_size, pixels, predict, probabilities};
pub use repetition::predicted_again;
pub use run::{End, train};
pub(crate) use step_timing::{StepTiming, pictures_per_second};
pub use supply::Supply;
pub(crate) use tuned::tuned;
