//! Statistics for comparing classifiers on the same test cases: discrimination, calibration,
//! operating points, agreement and convergence, with intervals that say what they account for.
//!
//! | question | items |
//! |---|---|
//! | How well does a score separate two groups? | [`auc()`], [`Delong`], [`average_precision()`], [`RocCurve`], [`partial_auc()`] |
//! | … with several cases of one patient? | [`Obuchowski`], [`Bootstrap`], [`SortedScores`], [`Resamples`] |
//! | … several classes or findings at once? | [`MacroAuc`], [`ClassScores`], [`Findings`] |
//! | Do two scores differ on the same cases? | [`PairedCurves`] |
//! | How well does an arm do over its seeds? | [`Arm`], [`SeedMean`], [`Estimate`], [`Influence`] |
//! | … over the folds of cross-validation? | [`Estimate::over_folds`], [`Estimate::of_procedure`], [`ResampledMean`], [`FoldSpread`] |
//! | … as a curve with a band? | the crate `curves`, on [`ClusterDraws`] and [`MeanShare`] |
//! | Is one arm better, worse or equivalent? | [`Outcome`]; the crate `decisions` concludes |
//! | … by resampling, without formulas? | [`HierarchicalBootstrap`], [`PatientPermutation`], [`SeedPermutation`] |
//! | … one of several? | [`holm`] |
//! | … in a printed table? | [`GroupComparison`] |
//! | How many labels does an arm save? | [`LabelEfficiency`] |
//! | How good are the predicted classes and probabilities? | [`accuracy()`], [`ConfusionMatrix`], [`quadratic_kappa`], [`log_loss()`] |
//! | Can the probabilities be taken at their word? | [`Reliability`], [`CalibrationError`], [`BrierDecomposition`], [`Recalibration`] |
//! | … and how are they mended? | [`Temperature`] |
//! | What does a threshold give? | [`ThresholdRule`], [`Counts`], [`ClusteredCounts`], [`Proportion`], [`LikelihoodRatio`], [`PredictiveValues`] |
//! | Is acting on it worth anything? | [`DecisionCurve`] |
//! | How soon does a curve reach a value? | [`Arrival`], [`area_under_learning_curve`] |
//! | … how many times sooner than another? | [`ArrivalRatio`], [`PatientDraws`], [`Speed`] |
//! | Do two quantities go together? | [`Coefficient`], [`Association`] |
//! | What do frozen features tell of labels? | [`LogisticRegression`], [`NearestNeighbours`] |
//! | What do frozen features promise for a task? | [`logme()`], [`h_score()`], [`leep()`] and others of [`transferability`] |
//!
//! Everything is `f64` and never NaN: what cannot be computed comes back as a [`StatsError`] with
//! its reason. Times are at most `O(n log n)` in the number of cases, but for associations, which
//! take a bounded number of points, and scores of features, whose comments say theirs.
//!
//! The data flow one way: labels and scores ─▶ [`Delong`] (one curve) ─▶ [`Estimate`] (a value
//! and what each case contributes to its error) ─▶ [`SeedMean`] (over seeds) ─▶ [`Arm`]. Whatever follows from how often each case occurs can also be resampled by
//! patient: [`Bootstrap`] ─▶ [`Resamples`]. What is fitted or chosen, a [`Temperature`] or a
//! threshold, comes from validation cases.
//!
//! Two scores of the same cases, several of one patient:
//! ```
//! use stats::{Bootstrap, Clusters, Delong, SortedScores};
//!
//! let labels = [true, false, true, true, false, false, true, false];
//! let scores = [0.9, 0.4, 0.3, 0.8, 0.2, 0.1, 0.7, 0.6];
//! let patients = Clusters::new(["a", "a", "b", "c", "d", "e", "f", "g"].map(Some))?;
//!
//! // By formula: DeLong's variance, summed over the cases of a patient.
//! let auc = Delong::new(&labels, &scores)?.estimate()?.by_cluster(&patients)?;
//! assert_eq!(auc.value(), 0.875);
//! let interval = auc.logit_interval(0.95)?;
//!
//! // By resampling patients.
//! let sorted = SortedScores::new(&labels, &scores)?;
//! let resampled = Bootstrap::new(&patients, 7, "auc").run(|w| sorted.auc_weighted(w))?;
//! assert!(interval.contains(0.875) && resampled.interval(0.95)?.contains(0.875));
//! # Ok::<(), stats::StatsError>(())
//! ```
//!
//! `examples/two_scores.rs` compares two columns of a table by patient.

mod agreement;
mod arms;
mod association;
mod calibration;
mod centring;
mod classifiers;
mod convergence;
mod cross_validation;
mod discrimination;
mod error;
mod input;
mod lbfgs;
mod links;
mod matrix;
mod operating;
pub mod transferability;
mod uncertainty;
pub mod weight_change;

pub use agreement::*;
pub use arms::*;
pub use association::*;
pub use calibration::*;
pub use centring::{varies, without_mean};
pub use classifiers::*;
pub use convergence::*;
pub use cross_validation::*;
pub use discrimination::*;
pub use error::StatsError;
pub use lbfgs::{Minimum, minimise};
pub use links::{expit, softmax};
pub use matrix::dot;
pub use operating::*;
pub use transferability::*;
pub use uncertainty::*;
