//! How well scores separate the cases that have something from those that have not.

mod auc;
mod average_precision;
mod class_scores;
mod delong;
mod findings;
mod macro_auc;
mod obuchowski;
mod ordinal;
mod paired_curves;
mod partial_auc;
pub(crate) mod ranking;
mod roc;
mod sorted_scores;

pub use auc::auc;
pub use average_precision::average_precision;
pub use class_scores::ClassScores;
pub use delong::Delong;
pub use findings::{Finding, Findings};
pub use macro_auc::{ClassAuc, MacroAuc};
pub use obuchowski::Obuchowski;
pub use ordinal::{at_least, probability_at_least};
pub use paired_curves::{PairedCurves, ZTest};
pub use partial_auc::{PartialAuc, SpecificityRange, partial_auc};
pub use roc::{RocCurve, RocPoint};
pub use sorted_scores::SortedScores;
