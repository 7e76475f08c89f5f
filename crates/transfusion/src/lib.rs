//! Transfusion: whether a pretrained network is worth using on one's own medical images.
//!
//! ```text
//! study.toml ─▶ plan ─▶ runs ─▶ records ─▶ comparison ─▶ report, verdict, model
//! ```
//! One direction, no way back: a later stage reads only what an earlier one wrote.

pub mod classifier;
pub mod export;
pub mod meter;
pub mod pretraining;
pub mod progress;
pub mod published;

pub use depot::{catalogue, download, weights};
