//! What cross-validation adds to the results: both questions, and what varies.

use decisions::Arms;
use record::results::{
    CrossValidatedArm, CrossValidatedDifference, CrossValidation, FoldAucs, ResampledResult,
};
use stats::{Estimate, FoldSpread, ResampledMean};
use study::StudyPlan;

use super::arm::over_seeds;
use super::cross_validation::Tested;
use super::family::{estimate, kin};
use super::finished::ArmRuns;
use super::pairs::pairs;

/// None for a study of one split, and before a run is done.
pub(crate) fn cross_validation(plan: &StudyPlan, arms: &[ArmRuns]) -> Option<CrossValidation> {
    let folds = plan.data.folds.as_ref()?;
    let tested = arms.iter().find_map(|arm| arm.tested.as_deref())?;
    let networks: Vec<_> = arms.iter().map(|arm| of_networks(tested, arm)).collect();
    let networks = Arms::new(networks.iter().map(Vec::as_slice).zip(kin(plan)));
    let compared = pairs(plan).into_iter();
    Some(CrossValidation {
        folds: folds.count,
        repeats: folds.repeats,
        arms: arms.iter().map(|arm| of_arm(plan, tested, arm)).collect(),
        comparisons: compared
            .filter_map(|pair| difference(tested, &networks, arms, pair))
            .collect(),
    })
}

/// Seed and AUC for the networks that were trained.
fn of_networks(tested: &Tested, arm: &ArmRuns) -> Vec<(u64, Estimate)> {
    arm.over_folds(|run| run.auc.clone(), |folds| tested.of_networks(folds))
}

/// AUC of every seed that has all folds, by fold.
fn by_fold(arm: &ArmRuns) -> Vec<(u64, Vec<f64>)> {
    arm.by_fold(|run| Some(run.auc.as_ref()?.value()))
}

fn of_arm(plan: &StudyPlan, tested: &Tested, arm: &ArmRuns) -> CrossValidatedArm {
    let seeds: Vec<Vec<f64>> = by_fold(arm).into_iter().map(|(_, f)| f).collect();
    let spread = FoldSpread::new(&seeds).ok();
    let folds = plan.data.folds.iter().flat_map(|folds| &folds.planned);
    let of_fold = |(place, planned): (usize, &study::PlannedFold)| FoldAucs {
        fold: planned.fold,
        seeds: seeds.iter().map(|seed| seed[place]).collect(),
    };
    let networks = of_networks(tested, arm);
    CrossValidatedArm {
        label: arm.arm.label.clone(),
        networks: over_seeds(networks.into_iter().map(|(_, auc)| auc).collect()),
        resampled: resampled(&means(&seeds), tested.of_fold(), [0.0, 1.0]),
        fold_sd: spread.map(|spread| spread.by_fold),
        seed_sd: spread.map(|spread| spread.by_seed),
        rest_sd: spread.map(|spread| spread.rest),
        folds: folds.enumerate().map(of_fold).collect(),
    }
}

fn difference(
    tested: &Tested,
    networks: &Arms,
    arms: &[ArmRuns],
    pair: [usize; 2],
) -> Option<CrossValidatedDifference> {
    let contrast = networks.contrast(pair)?;
    let [arm, other] = pair.map(|place| &arms[place]);
    let theirs = by_fold(other);
    let apart = by_fold(arm).into_iter().filter_map(|(seed, ours)| {
        let (_, theirs) = theirs.iter().find(|(other, _)| *other == seed)?;
        let pairs = ours.into_iter().zip(theirs);
        Some(pairs.map(|(ours, theirs)| ours - theirs).collect())
    });
    let folds = means(&apart.collect::<Vec<Vec<f64>>>());
    Some(CrossValidatedDifference {
        arm: arm.arm.label.clone(),
        baseline: other.arm.label.clone(),
        networks: estimate(&contrast.difference, contrast.interval(0.95)),
        resampled: resampled(&folds, tested.of_fold(), [-1.0, 1.0]),
        folds,
    })
}

/// Means over seeds, by fold.
fn means(seeds: &[Vec<f64>]) -> Vec<f64> {
    let folds = seeds.first().map_or(0, Vec::len);
    let mean = |fold: usize| seeds.iter().map(|seed| seed[fold]).sum::<f64>() / seeds.len() as f64;
    (0..folds).map(mean).collect()
}

/// By the spread of the folds alone, within what the number can be.
fn resampled(folds: &[f64], test_to_train: f64, range: [f64; 2]) -> Option<ResampledResult> {
    let mean = ResampledMean::new(folds, test_to_train).ok()?;
    let p = mean.p_difference().ok()??;
    let interval = mean.interval(0.95).ok()?;
    let within = |end: f64| end.clamp(range[0], range[1]);
    Some(ResampledResult {
        value: mean.mean,
        low: within(interval.lower),
        high: within(interval.upper),
        p: (range[0] < 0.0).then_some(p),
    })
}
