//! External validation: a model measured on pictures whose answers are known, as a study measures
//! its own.

mod labelled;
mod measured;

pub use labelled::{Labelled, LabelledColumns};
pub use measured::{External, MetricEstimate};
