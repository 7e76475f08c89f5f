//! A study for a scheduler: its jobs packed into tasks, and the scripts that a scheduler runs.
//!
//! A scheduler is a template and a table of [`Terms`]; [`pack`] cuts jobs into parcels; a
//! [`Submission`] renders the files that a user can read, edit and hand in; [`Prepared`] does that for
//! what a study still lacks, and [`hand_in()`] gives a script to the scheduler.

mod hand_in;
mod hours;
mod parcel;
mod places;
mod prepared;
mod queue;
mod scheduler;
mod stage;
mod submission;
mod submitted;
mod tasks;

pub use hand_in::{HandInError, HandedIn, hand_in};
pub use hours::{Cost, Hours};
pub use parcel::{Load, Parcel, ParcelError, Parcels, pack};
pub use places::places;
pub use prepared::{Asked, CANCELLED, FOLDER, PrepareError, Prepared, Stage, Wishes};
pub use queue::{Queue, QueueError, Standing, cancel};
pub use scheduler::{ASKED, Terms, terms};
pub use stage::stages;
pub use submission::{Array, RenderError, Rendered, Request, Submission};
pub use submitted::{Handed, Submitted, SubmittedArray, Task};
pub use tasks::{Place, Tasks};
