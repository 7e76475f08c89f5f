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
//! | Do two quantities go together? | [`Coefficient`], [`Association`] |
//! | What do frozen features promise for a task? | [`logme()`], [`h_score()`], [`leep()`] and others of [`transferability`] |
//!
//! Everything is `f64` and never NaN: what cannot be computed comes back as a [`StatsError`] with
//! its reason. Times are at most `O(n log n)` in the number of cases, but for associations, which
//! take a bounded number of points, and scores of features, whose comments say theirs.
//!
//! The data flow one way: labels and scores ─▶ [`Delong`] (one curve) ─▶ [`Estimate`] (a value
//! and what each case contributes to its error) ─▶ [`SeedMean`] (over seeds) ─▶ [`Arm`] and
//! [`Comparison`].

mod agreement;
mod arms;
mod association;
mod calibration;
mod convergence;
mod discrimination;
mod error;
mod input;
pub mod transferability;
mod uncertainty;

pub use agreement::*;
pub use arms::*;
pub use association::*;
pub use calibration::*;
pub use convergence::*;
pub use discrimination::*;
pub use error::StatsError;
pub use transferability::*;
pub use uncertainty::*;
