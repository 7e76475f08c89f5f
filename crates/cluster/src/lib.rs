//! A study for a scheduler: its jobs packed into tasks, and the scripts that a scheduler runs.
//!
//! Nothing here runs anything. A [`Scheduler`] is a template and a table of terms; [`pack`] cuts jobs
//! into parcels; [`Submission`] renders the files that a user can read, edit and hand in.

mod duration;
mod parcel;
mod scheduler;
mod settings;
mod submission;

pub use duration::{parse_duration, slurm_duration};
pub use parcel::{Load, Parcel, pack};
pub use scheduler::{Scheduler, Terms};
pub use settings::{Settings, SettingsError, Volume, parse_memory};
pub use submission::{RenderError, Rendered, Request, Submission};
