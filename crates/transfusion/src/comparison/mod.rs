//! From records to results: metrics of each run, arms over seeds, arms against the baseline, and
//! the verdict. Reads only what runs wrote, also while others still train.

pub mod analysis;
mod arm;
pub mod association;
mod attribution;
mod collect;
mod convergence;
mod cost;
mod finished;
#[cfg(test)]
pub mod invented;
mod label_efficiency;
mod metrics;
mod pairs;
mod patients;
mod performance;
pub mod probes;
mod question;
pub mod reading;
mod resampling;
pub mod results;
mod reuse;
mod sentence;
pub mod source_accuracy;
pub mod track_record;
pub mod transferability;
mod verdict;

pub use collect::{Collected, collect};
pub use metrics::test_metrics;
