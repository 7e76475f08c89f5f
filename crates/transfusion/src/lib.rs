//! Transfusion: whether a pretrained network is worth using on one's own medical images.
//!
//! ```text
//! study.toml ─▶ plan ─▶ runs ─▶ records ─▶ comparison ─▶ report, verdict, model
//! ```
//! One direction, no way back: a later stage reads only what an earlier one wrote.

pub mod analysis;
pub mod classifier;
pub mod comparison;
pub mod export;
mod filter_grid;
mod memory;
pub mod meter;
pub mod pretraining;
pub mod probe;
pub mod progress;
pub mod published;
pub mod record;
pub mod report;
pub mod study;
pub mod training;
mod weight_change;

pub use depot::{catalogue, download, weights};
