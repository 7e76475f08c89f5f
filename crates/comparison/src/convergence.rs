//! How soon validation curves reach a threshold, and how high they are on the way.

use stats::{
    Crossing, KaplanMeier, SpeedUp, area_under_learning_curve, common_steps, steps_to_sustained,
};

use super::finished::{ArmRuns, Finished};
use crate::over_seeds::over_seeds;
use record::Evaluation;
use record::results::{Convergence, OverSeeds, SpeedUpResult};

/// Steps of each seed until its validation AUC first reaches `threshold` and stays there for
/// `sustained` evaluations, interpolated; none where the curve ended before (right-censored).
pub(crate) fn convergence(threshold: f64, sustained: usize, runs: &[Finished]) -> Convergence {
    let crossings: Vec<Option<Crossing>> = runs
        .iter()
        .map(|run| crossing(&run.curve, threshold, sustained))
        .collect();
    let known: Vec<Crossing> = crossings.iter().flatten().copied().collect();
    let survival = KaplanMeier::new(&known).ok();
    let median = survival.as_ref().and_then(|s| s.median(0.95).ok());
    let restricted = survival.as_ref().and_then(|s| {
        let horizon = s.known_until().min(s.last);
        s.restricted_mean(horizon).ok()
    });
    Convergence {
        threshold,
        steps: crossings
            .iter()
            .map(|crossing| match crossing {
                Some(Crossing::Reached { at }) => Some(*at),
                Some(Crossing::Censored { .. }) | None => None,
            })
            .collect(),
        median: median.and_then(|m| m.median),
        median_low: median.and_then(|m| m.lower),
        median_high: median.and_then(|m| m.upper),
        restricted_mean: restricted.map(|r| r.mean),
        horizon: restricted.map(|r| r.horizon),
    }
}

fn crossing(curve: &[Evaluation], threshold: f64, sustained: usize) -> Option<Crossing> {
    steps_to_sustained(&points(curve), threshold, sustained).ok()
}

fn points(curve: &[Evaluation]) -> Vec<(u64, f64)> {
    curve.iter().map(|e| (e.step, e.validation_auc)).collect()
}

/// Curves of the seeds that both arms have finished.
fn paired<'a>([arm, other]: [&'a ArmRuns; 2]) -> Vec<(u64, [&'a [Evaluation]; 2])> {
    let runs = arm.runs.iter();
    runs.filter_map(|run| {
        let twin = other
            .runs
            .iter()
            .find(|twin| (twin.seed, twin.fold) == (run.seed, run.fold))?;
        Some((run.seed, [run.curve.as_slice(), twin.curve.as_slice()]))
    })
    .collect()
}

/// How much sooner the first arm reaches `threshold`; none where no seed of either does.
pub(crate) fn speed_up(
    pair: [&ArmRuns; 2],
    threshold: f64,
    sustained: usize,
) -> Option<SpeedUpResult> {
    let (ours, theirs): (Vec<_>, Vec<_>) = paired(pair)
        .iter()
        .filter_map(|(_, curves)| {
            let [ours, theirs] = curves.map(|curve| crossing(curve, threshold, sustained));
            Some((ours?, theirs?))
        })
        .unzip();
    let found = SpeedUp::new(&ours, &theirs).ok()?;
    Some(SpeedUpResult {
        value: found.ratio,
        low: found.interval.map(|i| i.lower),
        high: found.interval.map(|i| i.upper),
        bound: found.bound.into(),
        horizon: found.horizon,
    })
}

/// The steps that the curves of all runs span.
pub(crate) fn common_range(arms: &[ArmRuns]) -> Option<[u64; 2]> {
    let runs = arms.iter().flat_map(|arm| &arm.runs);
    let curves: Vec<_> = runs.map(|run| points(&run.curve)).collect();
    let (from, to) = common_steps(curves.iter().map(Vec::as_slice))?;
    Some([from, to])
}

/// Mean height of an arm's validation curves over `range`.
pub(crate) fn learning_curve(runs: &[Finished], range: [u64; 2]) -> Option<OverSeeds> {
    let heights = runs.iter().filter_map(|run| {
        let height = area_under_learning_curve(&points(&run.curve), range[0], range[1]);
        Some((height.ok()?, [run.seed, run.seed]))
    });
    over_seeds(&heights.collect::<Vec<_>>())
}

/// Mean height of the first arm's curves less that of the second, over the steps that both span.
pub(crate) fn learning_curve_difference(pair: [&ArmRuns; 2]) -> Option<OverSeeds> {
    let paired = paired(pair);
    let curves: Vec<_> = paired
        .iter()
        .flat_map(|(_, curves)| curves.map(points))
        .collect();
    let (from, to) = common_steps(curves.iter().map(Vec::as_slice))?;
    let heights = paired.iter().filter_map(|(seed, curves)| {
        let [ours, theirs] = curves.map(|c| area_under_learning_curve(&points(c), from, to).ok());
        Some((ours? - theirs?, [*seed, *seed]))
    });
    over_seeds(&heights.collect::<Vec<_>>())
}
