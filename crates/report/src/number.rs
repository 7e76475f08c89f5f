//! Numbers of results as a reader wants them.

use record::results::Estimate;
use study::Fold;

pub use numbers::*;

/// The 95% interval of an AUC, or why there is none.
pub fn interval(estimate: &Estimate) -> String {
    ends(estimate, |end| fixed(end, 3))
}

/// The same of a difference, its ends with their signs.
pub fn signed_interval(estimate: &Estimate) -> String {
    ends(estimate, signed)
}

fn ends(estimate: &Estimate, text: impl Fn(f64) -> String) -> String {
    match estimate.interval() {
        Some([low, high]) => format!("{} to {}", text(low), text(high)),
        None => estimate.why_no_interval().into(),
    }
}

/// A seed, with the fold where there is one.
pub fn place(seed: u64, fold: Option<Fold>) -> String {
    match fold {
        None => seed.to_string(),
        Some(fold) => format!("{seed}, {fold}"),
    }
}
