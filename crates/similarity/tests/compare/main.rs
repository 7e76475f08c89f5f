//! Whole comparisons.

mod coverage;
mod failures;
mod inference;
mod layers;
mod source;
mod vectors;
