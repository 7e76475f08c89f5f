//! What a person or a program is told while work is done: bars on a terminal, plain lines where
//! there is none, and one JSON object an event for programs.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod bars;
mod events;
mod line;
mod meter;

pub use bars::{LINE_EVERY, Progress};
pub use events::{Ending, Events};
pub use meter::Meter;
