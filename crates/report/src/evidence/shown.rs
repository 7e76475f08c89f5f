//! The arm and the run that a section is about.

use record::results::{ArmResult, Results, SeedResult};

/// The arm that the verdict recommends, else the first with a finished run.
pub fn shown_arm(results: &Results) -> Option<&ArmResult> {
    let is_recommended =
        |arm: &&ArmResult| results.verdict.recommended.as_ref() == Some(&arm.label);
    let mut arms = results.arms.iter();
    let recommended = arms.find(is_recommended);
    recommended.or_else(|| results.arms.iter().find(|arm| !arm.seeds.is_empty()))
}

/// The run of an arm with the highest validation AUC: the one to hand over.
pub fn shown_run(arm: &ArmResult) -> Option<&SeedResult> {
    let best = |place: usize| {
        let aucs = arm.curve.iter().filter_map(|point| *point.auc.get(place)?);
        aucs.fold(f64::NEG_INFINITY, f64::max)
    };
    let places = 0..arm.seeds.len();
    let place = places.max_by(|a, b| best(*a).total_cmp(&best(*b)).then(b.cmp(a)))?;
    arm.seeds.get(place)
}
