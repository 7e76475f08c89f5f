//! Cross-validation: every patient is a test patient once a repeat, of networks that were trained
//! without them.
//!
//! Two questions are told apart. *How good are the networks that were trained?* depends on the
//! test patients alone: [`Estimate::over_folds`](crate::Estimate::over_folds). *How good is this way of training, on another
//! training set of this size?* depends on the training patients too: [`Estimate::of_procedure`](crate::Estimate::of_procedure),
//! and, by the spread of the folds alone, [`ResampledMean`].

mod fold_spread;
mod over_folds;
mod resampled_mean;

pub use fold_spread::FoldSpread;
pub use resampled_mean::ResampledMean;
