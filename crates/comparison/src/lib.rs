//! From records to results: metrics of each run, arms over seeds, arms against the baseline, and
//! the verdict. Reads only what runs wrote, also while others still train.

mod arm;
mod association;
mod attribution;
mod collect;
mod convergence;
mod cost;
mod finished;
#[cfg(any(test, feature = "invented"))]
pub mod invented;
mod label_efficiency;
mod over_seeds;
mod pairs;
mod patients;
mod performance;
mod probes;
mod question;
mod reading;
mod resampling;
mod reuse;
mod sentence;
mod source_accuracy;
mod transferability;
mod verdict;

pub use collect::{Collected, collect};
pub use reading::readings;
