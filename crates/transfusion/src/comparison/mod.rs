//! From records to results: metrics of each run, arms over seeds, arms against the baseline, and
//! the verdict. Reads only what runs wrote, also while others still train.

pub mod analysis;
pub mod association;
mod attribution;
mod collect;
mod convergence;
#[cfg(test)]
pub mod invented;
mod metrics;
pub mod probes;
pub mod reading;
pub mod results;
mod reuse;
mod sentence;
pub mod source_accuracy;
pub mod track_record;
pub mod transferability;
mod verdict;

pub use collect::{Collected, collect};
pub use metrics::test_metrics;
