//! A study for a scheduler: its jobs packed into tasks, and the scripts that a scheduler runs.
//!
//! A scheduler is a template and a table of [`Terms`]; [`pack`] cuts jobs into parcels; a
//! [`Submission`] renders the files that a user can read, edit and hand in; [`Prepared`] does that for
//! what a study still lacks, and [`hand_in()`] gives a script to the scheduler.

mod hand_in;
mod parcel;
mod prepared;
mod scheduler;
mod stage;
mod submission;

pub use hand_in::{HandInError, HandedIn, hand_in};
pub use parcel::{Load, Parcel, ParcelError, Parcels, pack};
pub use prepared::{Asked, FOLDER, PrepareError, Prepared, Stage, Wishes};
pub use scheduler::{Terms, terms};
pub use stage::stages;
pub use submission::{RenderError, Rendered, Request, Submission};
