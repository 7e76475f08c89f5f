//! The trained model as a team takes it away: [`export`] writes it for others to run, and
//! [`classifier`] judges new pictures with an exported model, a run, or published weights, and
//! [`external`] measures what it says of pictures whose answers are known.
//!
//! Stands on what runs leave behind; knows nothing of training.

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod classifier;
pub mod export;
pub mod external;
