//! How soon validation curves reach a threshold, and how high they are on the way.

use decisions::corrected_alone;
use stats::{Arrival, ArrivalRatio, RedrawnCurve, Speed, area_under_learning_curve, common_steps};

use super::finished::{ArmRuns, Finished};
use crate::over_seeds::over_seeds;
use record::Evaluation;
use record::results::{ComparisonResult, Convergence, OverSeeds, PValues, SpeedUpResult};

/// When each seed's validation AUC arrives at `threshold` and stays there for `sustained`
/// evaluations.
pub(crate) fn convergence(threshold: f64, sustained: usize, runs: &[Finished]) -> Convergence {
    let arrivals: Vec<Option<Arrival>> = runs
        .iter()
        .map(|run| Arrival::new(&points(&run.curve), threshold, sustained).ok())
        .collect();
    let known = || arrivals.iter().flatten();
    let early = known().filter_map(|arrival| match arrival {
        Arrival::Early { by } => Some(*by),
        _ => None,
    });
    let early = early.max();
    let step = |arrival: &Arrival| match arrival {
        Arrival::Between { at, .. } => Some(*at),
        Arrival::Early { .. } | Arrival::Open { .. } => None,
    };
    let open = known().filter_map(|arrival| match arrival {
        Arrival::Open { after } => Some(*after as f64),
        _ => None,
    });
    let last = known().filter_map(step).reduce(f64::max);
    let horizon = open.reduce(f64::min).or(last);
    let mean = horizon
        .filter(|_| early.is_none() && last.is_some())
        .map(|horizon| {
            let logs: Vec<f64> = known()
                .map(|arrival| step(arrival).unwrap_or(horizon).min(horizon).max(1.0).ln())
                .collect();
            (logs.iter().sum::<f64>() / logs.len() as f64).exp()
        });
    Convergence {
        threshold,
        steps: arrivals
            .iter()
            .map(|arrival| step(arrival.as_ref()?))
            .collect(),
        early,
        mean,
        horizon,
    }
}

fn points(curve: &[Evaluation]) -> Vec<(u64, f64)> {
    curve.iter().map(|e| (e.step, e.validation_auc)).collect()
}

/// Curves of the seeds that both arms have finished.
fn paired<'a>([arm, other]: [&'a ArmRuns; 2]) -> Vec<(u64, [&'a Finished; 2])> {
    let runs = arm.runs.iter();
    runs.filter_map(|run| {
        let twin = other
            .runs
            .iter()
            .find(|twin| (twin.seed, twin.fold) == (run.seed, run.fold))?;
        Some((run.seed, [run, twin]))
    })
    .collect()
}

/// How much sooner the first arm reaches `threshold`, not yet as one of all conclusions of the study;
/// none where no seed of either does, or where one does before its second evaluation.
pub(crate) fn speed_up(
    pair: [&ArmRuns; 2],
    threshold: f64,
    sustained: usize,
) -> Option<SpeedUpResult> {
    let (ours, theirs): (Vec<_>, Vec<_>) = paired(pair)
        .into_iter()
        .map(|(_, [ours, theirs])| (redrawn_curve(ours), redrawn_curve(theirs)))
        .unzip();
    let found = ArrivalRatio::new(&ours, &theirs, threshold, sustained).ok()?;
    // Cut at the horizon, samples of patients vary less than they would; and folds of a seed are no
    // seeds. Nothing is concluded of either.
    let has_folds = pair[0].runs.iter().any(|run| run.fold.is_some());
    let is_whole = found.bound == stats::Bound::Exact && !has_folds;
    let [p_difference, p_equivalence] =
        [found.p_difference, found.p_equivalence].map(|p| p.filter(|_| is_whole));
    let interval = found.interval.filter(|_| is_whole);
    let alone = Speed::from_p(found.ratio, found.bound, p_difference, p_equivalence);
    Some(SpeedUpResult {
        value: found.ratio,
        low: interval.map(|i| i.lower),
        high: interval.map(|i| i.upper),
        bound: found.bound.into(),
        horizon: found.horizon,
        arm_steps: found.arm_steps,
        baseline_steps: found.baseline_steps,
        arm_open: found.arm_censored,
        baseline_open: found.baseline_censored,
        outcome: alone.into(),
        uncorrected: alone.into(),
        p: PValues {
            difference: p_difference,
            equivalence: p_equivalence,
            difference_corrected: None,
            equivalence_corrected: None,
        },
    })
}

/// Every patient moves all evaluations of a run as they move its best, of which alone the
/// predictions are kept; by more where the AUC is lower, as its error is larger there.
fn redrawn_curve(run: &Finished) -> RedrawnCurve {
    let points = points(&run.curve);
    let best = points.iter().map(|(_, auc)| *auc).fold(0.5, f64::max);
    let at = |auc: f64| {
        let scale = relative_error(auc) / relative_error(best);
        let draws = run.redrawn.as_ref()?;
        Some(draws.iter().map(|draw| scale * draw).collect())
    };
    RedrawnCurve {
        draws: points.iter().map(|(_, auc)| at(*auc)).collect(),
        points,
    }
}

/// The standard error of an AUC but for a factor, with as many cases of either class (Hanley and
/// McNeil, Radiology 1982): `√(a / (2 − a) + 2 a² / (1 + a) − 2 a²)`.
fn relative_error(auc: f64) -> f64 {
    // Beyond, the formula is near 0 and no curve of some pictures is that sure.
    let a = auc.max(1.0 - auc).min(0.98);
    (a / (2.0 - a) + 2.0 * a * a / (1.0 + a) - 2.0 * a * a).sqrt()
}

/// Corrects all speeds of `comparisons`, which have `share` of the error of the study.
/// Without corrected p values nothing is concluded.
pub(crate) fn correct_speeds(comparisons: &mut [ComparisonResult], share: f64) {
    let speeds = || {
        let all = comparisons
            .iter()
            .flat_map(|comparison| &comparison.speed_up);
        all.flatten().map(|speed| speed.p)
    };
    let corrected = |p: fn(&PValues) -> Option<f64>| {
        let values: Vec<_> = speeds().map(|values| p(&values)).collect();
        match share > 0.0 {
            true => corrected_alone(&values, share).unwrap_or_default(),
            false => Vec::new(),
        }
    };
    let (difference, equivalence) = (corrected(|p| p.difference), corrected(|p| p.equivalence));
    let all = comparisons
        .iter_mut()
        .flat_map(|comparison| &mut comparison.speed_up)
        .flatten();
    for (place, speed) in all.enumerate() {
        let at = |values: &[Option<f64>]| values.get(place).copied().flatten();
        speed.p.difference_corrected = at(&difference);
        speed.p.equivalence_corrected = at(&equivalence);
        let bound = speed.bound.into();
        let told = Speed::from_p(speed.value, bound, at(&difference), at(&equivalence));
        speed.outcome = told.into();
    }
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
        .flat_map(|(_, runs)| runs.map(|run| points(&run.curve)))
        .collect();
    let (from, to) = common_steps(curves.iter().map(Vec::as_slice))?;
    let heights = paired.iter().filter_map(|(seed, runs)| {
        let height = |run: &Finished| area_under_learning_curve(&points(&run.curve), from, to).ok();
        let [ours, theirs] = runs.map(height);
        Some((ours? - theirs?, [*seed, *seed]))
    });
    over_seeds(&heights.collect::<Vec<_>>())
}
