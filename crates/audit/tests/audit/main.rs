//! Sets of pictures with known faults, without any, and made to do harm; real ones.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod clean;
mod copies;
mod hostile;
mod made;
mod patients;
mod real;
mod shortcuts;
mod words;
