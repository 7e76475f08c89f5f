//! Mean curves of an arm for one question.

use curves::{ArmCurves, Band, Banded, CurveGrid, SeedCurve};
use record::results::{CurveResult, MeanResult, QuestionDiscrimination};
use stats::Finding;
use study::StudyPlan;

use super::asks::Asks;
use super::drawn::Drawn;
use super::operating::operating;
use crate::finished::{ArmRuns, Finished};
use crate::resampling;

/// Curves over the seeds of an arm; none where a seed has none. The AUC is left to the caller.
pub(super) fn curves(
    plan: &StudyPlan,
    arm: &ArmRuns,
    asks: Asks,
    drawn: &Drawn,
    grid: &CurveGrid,
) -> Option<QuestionDiscrimination> {
    let of_run = |run: &Finished| of_run(plan, run, asks);
    let seeds: Vec<Vec<SeedCurve>> = match arm.tested {
        Some(_) => {
            let seeds = arm.by_fold(of_run).into_iter();
            seeds
                .map(|(_, folds)| folds.into_iter().flatten().collect())
                .collect()
        }
        None => arm.runs.iter().map(of_run).collect::<Option<_>>()?,
    };
    let draws = drawn.for_seeds(seeds.len());
    let curves = ArmCurves::new(&seeds, &drawn.clusters, draws, drawn.folds, grid).ok()?;
    let operating = match asks {
        Asks::Mean => None,
        Asks::One(place, question) => curves
            .threshold
            .and_then(|rates| operating(plan, arm, (place, question), rates.map(mean))),
    };
    Some(QuestionDiscrimination {
        auc: None,
        average_precision: Some(mean(curves.average_precision)),
        roc: Some(band(curves.roc)),
        precision_recall: Some(band(curves.precision_recall)),
        operating,
    })
}

/// The curves of a run whose mean is its curve, cases in the places of all that is tested.
fn of_run(plan: &StudyPlan, run: &Finished, asks: Asks) -> Option<Vec<SeedCurve>> {
    let curves = match asks {
        Asks::Mean => resampling::curves(plan, run)
            .into_iter()
            .map(|finding| SeedCurve {
                finding,
                threshold: None,
            })
            .collect(),
        Asks::One(place, question) => {
            let asked = question.ask_of(&run.test, plan.data.described.classes.len());
            vec![SeedCurve {
                finding: Finding {
                    cases: asked.cases,
                    labels: asked.labels,
                    scores: asked.scores,
                },
                threshold: run.thresholds.get(place).copied().flatten(),
            }]
        }
    };
    let placed = curves.into_iter().map(|curve| placed(plan, run, curve));
    let placed: Vec<SeedCurve> = placed.collect::<Option<_>>()?;
    (!placed.is_empty()).then_some(placed)
}

/// With folds, the cases of a fold lie among those of all folds.
fn placed(plan: &StudyPlan, run: &Finished, mut curve: SeedCurve) -> Option<SeedCurve> {
    if let Some(fold) = run.fold {
        let folds = plan.data.folds.as_ref()?;
        let (pictures, all) = (&folds.split(fold)?.test, folds.cases());
        let mut cases: Vec<(usize, bool, f64)> = Vec::new();
        let finding = &curve.finding;
        for ((case, label), score) in finding
            .cases
            .iter()
            .zip(&finding.labels)
            .zip(&finding.scores)
        {
            let place = all.binary_search(pictures.get(*case)?).ok()?;
            cases.push((place, *label, *score));
        }
        cases.sort_by_key(|(place, ..)| *place);
        curve.finding = Finding {
            cases: cases.iter().map(|(place, ..)| *place).collect(),
            labels: cases.iter().map(|(_, label, _)| *label).collect(),
            scores: cases.iter().map(|(.., score)| *score).collect(),
        };
    }
    Some(curve)
}

fn mean(number: Banded) -> MeanResult {
    MeanResult {
        value: number.value,
        low: number.ends.map(|[low, _]| low),
        high: number.ends.map(|[_, high]| high),
    }
}

fn band(band: Band) -> CurveResult {
    let ends = band.ends.unwrap_or_default();
    CurveResult {
        values: band.values,
        low: ends.iter().map(|[low, _]| *low).collect(),
        high: ends.iter().map(|[_, high]| *high).collect(),
    }
}
