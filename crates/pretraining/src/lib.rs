//! Pretraining: a source network, trained by the same loop as any run or without labels, and what is
//! said of its weights.
//!
//! With labels it is a study of one run ([`PretrainSpec::into_study`]); without, the crate
//! `self-supervision` trains it.

mod card;
mod error;
mod spec;

pub use card::{card_without_labels, pretrained};
pub use error::PretrainingError;
pub use spec::{Method, PretrainSpec};
