//! Statistics for comparing classifiers on the same test cases: discrimination, agreement,
//! loss and convergence, with intervals that say what they account for.
//!
//! | question | items |
//! |---|---|
//! | How well does a score separate two groups? | [`auc()`], [`Delong`], [`average_precision()`] |
//! | … several classes or findings at once? | [`MacroAuc`], [`ClassScores`], [`Findings`] |
//! | Do two scores differ on the same cases? | [`PairedCurves`] |
//! | How well does an arm do over its seeds? | [`Arm`], [`SeedMean`], [`Estimate`], [`Influence`] |
//! | Is one arm better, worse or equivalent? | [`Comparison`], [`Outcome`], [`smallest_detectable`] |
//! | How good are the predicted classes and probabilities? | [`accuracy()`], [`quadratic_kappa`], [`log_loss()`] |
//! | How soon does a curve reach a value? | [`steps_to`] |
//!
//! Everything is `f64`, at most `O(n log n)` in the number of cases, and never NaN: what cannot
//! be computed comes back as a [`StatsError`] with its reason.
//!
//! The data flow one way: labels and scores ─▶ [`Delong`] (one curve) ─▶ [`Estimate`] (a value
//! and what each case contributes to its error) ─▶ [`SeedMean`] (over seeds) ─▶ [`Arm`] and
//! [`Comparison`].

mod accuracy;
mod arm;
mod auc;
mod average_precision;
mod class_scores;
mod comparison;
mod delong;
mod error;
mod findings;
mod influence;
mod input;
mod interval;
mod kappa;
mod log_loss;
mod macro_auc;
mod ordinal;
mod paired_curves;
mod quantile;
mod ranking;
mod seed_mean;
mod shared_mean;
mod threshold;

pub use accuracy::accuracy;
pub use arm::Arm;
pub use auc::auc;
pub use average_precision::average_precision;
pub use class_scores::ClassScores;
pub use comparison::{Comparison, Outcome, smallest_detectable};
pub use delong::Delong;
pub use error::StatsError;
pub use findings::{Finding, Findings};
pub use influence::{Estimate, Influence};
pub use interval::{Interval, Method};
pub use kappa::quadratic_kappa;
pub use log_loss::{binary_log_loss, log_loss};
pub use macro_auc::{ClassAuc, MacroAuc};
pub use ordinal::{at_least, probability_at_least};
pub use paired_curves::{PairedCurves, ZTest};
pub use seed_mean::{SeedMean, SeedSpread};
pub use shared_mean::SharedMean;
pub use threshold::{Crossing, steps_to};
