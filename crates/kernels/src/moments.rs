//! First and second moments of a block of datapoints, in `f64`.
//!
//! Activations are `f32`, their moments `f64`: the product of two `f32` is exact in `f64`,
//! and a sum of `n` products of shifted values is off by at most `n · 2⁻⁵³ · Σ|x̃ỹ|`.
//! Splitting values into halves of twelve bits, to use the `f32` units at twice the `f64`
//! rate, cannot be faster: high·high, high·low and low·high are three multiply-adds per
//! product where `f64` takes the time of two, and even then every sum must go to `f64`
//! before it outgrows 24 bits.

mod pack;
mod panels;
mod product;
mod sums;

pub use panels::Panels;
