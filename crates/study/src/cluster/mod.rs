//! `[cluster]`: how a study is handed to a scheduler. No result depends on it.

mod duration;
mod scheduler;
mod settings;

pub use duration::{clock, parse_duration, slurm_duration};
pub use scheduler::Scheduler;
pub use settings::{ClusterSpec, SettingsError, Volume, parse_memory};
