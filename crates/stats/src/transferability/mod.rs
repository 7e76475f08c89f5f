//! Scores that promise how well frozen features will transfer to a task, without training.
//!
//! | score | reads | range | what it asks |
//! |---|---|---|---|
//! | [`logme()`] | features | any number | how probable are the labels under a Bayesian linear model of the features? |
//! | [`h_score()`], [`regularised_h_score`] | features | 0 to classes − 1 | how much of the features' variance lies between classes? |
//! | [`transrate()`] | features | any number, mostly above 0 | how much less room do the classes take than all features? |
//! | [`gbc()`] | features | at most 0 | how little do the classes overlap? |
//! | [`leep()`] | probabilities of the source head | at most 0 | how well do soft source classes tell the labels? |
//! | [`nce()`] | the same | at most 0 | how well do the most probable source classes tell the labels? |
//!
//! Higher is better in all of them. None is an accuracy, none accounts for what training changes,
//! and values of different tasks cannot be compared. Published evaluations disagree on all of them:
//! show none without its record.
//!
//! Features are a [`FeatureMatrix`], labels [`Classes`]. A task of findings has a score for each:
//! [`mean_over_findings`].

mod classes;
mod features;
mod findings;
mod gbc;
mod h_score;
mod leep;
mod logme;
mod rows;
mod scatter;
mod spectrum;
mod transrate;

pub use classes::Classes;
pub use features::FeatureMatrix;
pub use findings::{FindingMean, LEAST_CASES, mean_over_findings};
pub use gbc::{Covariance, gbc};
pub use h_score::{h_score, ledoit_wolf_shrinkage, regularised_h_score};
pub use leep::{SourceProbabilities, leep, nce};
pub use logme::{Logme, logme};
pub use transrate::transrate;
