//! How many labels an initialisation saves: AUC against training pictures.

use decisions::Arms;
use stats::{Factor, LabelEfficiency, SizeScores};

use super::finished::ArmRuns;
use record::results::{Bound, LabelEfficiencyResult, LabelOutcome, SavingResult};
use study::{PlannedArm, StudyPlan};

/// Seed of the resamples.
const SEED: u64 = 0;

/// Every initialisation but the baseline, where the baseline was trained on several sizes.
pub(crate) fn label_efficiency(plan: &StudyPlan, arms: &[ArmRuns]) -> Vec<LabelEfficiencyResult> {
    let mut all: Vec<LabelEfficiencyResult> = Vec::new();
    for arm in arms
        .iter()
        .filter(|a| a.arm.init.name != plan.compare.baseline)
    {
        let is_baseline = |other: &&ArmRuns| {
            other.arm.init.name == plan.compare.baseline
                && other.arm.model == arm.arm.model
                && other.arm.regime.name == arm.arm.regime.name
        };
        let mut baselines: Vec<&ArmRuns> = arms.iter().filter(is_baseline).collect();
        baselines.sort_by_key(|other| other.arm.train_size);
        let Some(saving) = saving(plan, arm, &baselines) else {
            continue;
        };
        let model = &plan.models[arm.arm.model].described.label;
        let (init, regime) = (&arm.arm.init.name, &arm.arm.regime.name);
        let is_same = |r: &&mut LabelEfficiencyResult| {
            (&r.model, &r.init, &*r.regime) == (model, init, regime.as_str())
        };
        match all.iter_mut().find(is_same) {
            Some(result) => result.savings.push(saving),
            None => all.push(LabelEfficiencyResult {
                model: model.clone(),
                init: init.clone(),
                regime: regime.as_str().into(),
                savings: vec![saving],
            }),
        }
    }
    for result in &mut all {
        result.savings.sort_by_key(|saving| saving.train_size);
    }
    all
}

/// Savings that a study tells: each is concluded at a share of the error that all of them have.
fn count(plan: &StudyPlan) -> usize {
    let is_told = |arm: &&PlannedArm| arm.init.name != plan.compare.baseline;
    plan.arms.iter().filter(is_told).count().max(1)
}

/// The ends of an interval; one that is a bound itself leaves that side open.
fn ends(interval: Option<[Factor; 2]>) -> [Option<f64>; 2] {
    let Some([low, high]) = interval else {
        return [None, None];
    };
    let low = match low {
        Factor::Equal(low) | Factor::Above(low) => Some(low),
        Factor::AtMost(_) => None,
    };
    let high = match high {
        Factor::Equal(high) | Factor::AtMost(high) => Some(high),
        Factor::Above(_) => None,
    };
    [low, high]
}

fn saving(plan: &StudyPlan, arm: &ArmRuns, baselines: &[&ArmRuns]) -> Option<SavingResult> {
    let sizes: Vec<SizeScores> = baselines.iter().filter_map(|arm| scores(arm)).collect();
    if sizes.len() < 2 {
        return None;
    }
    let same_size = baselines
        .iter()
        .find(|other| other.arm.train_size == arm.arm.train_size);
    let sampling = same_size.and_then(|other| {
        let (ours, theirs) = (arm.aucs(), other.aucs());
        let contrast = Arms::new([(&ours[..], 0), (&theirs[..], 0)]).contrast([0, 1])?;
        Some(contrast.difference.sampling_standard_error)
    });
    let arm_scores = scores(arm)?;
    let resamples = plan.compare.resamples;
    let at = |level: f64| {
        LabelEfficiency::new(&arm_scores, &sizes, sampling, level, resamples, SEED).ok()
    };
    let found = at(0.95)?;
    let [low, high] = ends(found.interval);
    // Bonferroni: the chance that any saving of the study is concluded falsely is 5%.
    let together = at(1.0 - 0.05 / count(plan) as f64)?;
    let (factor, bound) = match found.factor {
        Factor::Equal(factor) => (factor, Bound::Exact),
        Factor::Above(factor) => (factor, Bound::AtLeast),
        Factor::AtMost(factor) => (factor, Bound::AtMost),
    };
    Some(SavingResult {
        train_size: arm.arm.train_size,
        factor,
        low,
        high,
        bound,
        outcome: LabelOutcome::of(ends(together.interval)),
    })
}

fn scores(arm: &ArmRuns) -> Option<SizeScores> {
    let values: Vec<f64> = arm.aucs().iter().map(|(_, auc)| auc.value()).collect();
    (!values.is_empty()).then_some(SizeScores {
        cases: arm.arm.train_size,
        values,
    })
}
