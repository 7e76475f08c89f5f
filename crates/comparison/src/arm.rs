//! One arm over its finished runs.

use decisions::FEWEST_SEEDS;
use stats::{Arm, Method};

use super::convergence::{convergence, learning_curve};
use super::family::estimate;
use super::finished::{ArmRuns, Finished};
use super::pairs::seeds_of;
use super::question::Question;
use super::wording;
use record::Evaluation;
use record::results::{ArmQuestion, ArmResult, CurvePoint, Estimate};
use study::{PlannedArm, StudyPlan};

/// The result of an arm; `range` holds the steps that all curves of the study span.
pub(crate) fn arm_result(plan: &StudyPlan, arm: &ArmRuns, range: Option<[u64; 2]>) -> ArmResult {
    let thresholds = plan.compare.thresholds.iter();
    let sustained = plan.compare.sustained;
    let questions = questions(plan, arm);
    ArmResult {
        label: arm.arm.label.clone(),
        model: plan.models[arm.arm.model].described.label.clone(),
        init: arm.arm.init.name.clone(),
        kind: arm.arm.init.kind(),
        regime: arm.arm.regime.name.as_str().into(),
        needs_weights: arm.arm.init.needs_weights(),
        up_to_block: arm.up_to_block.clone(),
        words: words(arm.arm),
        train_size: arm.arm.train_size,
        is_all: arm.arm.is_all,
        auc: over_seeds(arm.aucs().into_iter().map(|(_, auc)| auc).collect())
            .map(|auc| perfect(auc, &questions)),
        seeds: arm.runs.iter().map(|r| r.metrics.clone()).collect(),
        devices: Vec::new(),
        curve: curve(&arm.runs),
        convergence: thresholds
            .map(|t| convergence(*t, sustained, &arm.runs))
            .collect(),
        learning_curve: range.and_then(|range| learning_curve(&arm.runs, range)),
        questions,
    }
}

/// What the arm starts from and how it is trained.
fn words(arm: &PlannedArm) -> String {
    let start = wording::start(&arm.init);
    match wording::training(&arm.regime) {
        full if full.is_empty() => start,
        regime => format!("{start}, with {regime}"),
    }
}

/// Mean of AUCs over seeds, with an interval where there are enough seeds and something varied;
/// none without a seed.
pub(crate) fn over_seeds(seeds: Vec<stats::Estimate>) -> Option<Estimate> {
    let arm = Arm::new(&seeds).ok()?;
    let holds = seeds.len() >= FEWEST_SEEDS && arm.interval.method != Method::Degenerate;
    Some(estimate(&arm.summary, Some(arm.interval).filter(|_| holds)))
}

/// An AUC of exactly 1 or 0 in every seed, with what the number of patients still tells: as many
/// disjoint pairs of a patient with and one without the rarest finding all came out alike, so the
/// end of the interval is `0.05^(1 / pairs)` away from chance's other side.
fn perfect(auc: Estimate, questions: &[ArmQuestion]) -> Estimate {
    let has_headline = questions.iter().any(|question| question.is_headline);
    let asked = questions
        .iter()
        .filter(|question| question.is_headline || !has_headline);
    let pairs = asked.map(|question| question.patients[0].min(question.patients[1]));
    let pairs = pairs.min().filter(|pairs| *pairs > 0);
    let (Some(pairs), true, None) = (pairs, auc.seeds >= FEWEST_SEEDS, auc.interval()) else {
        return auc;
    };
    let certain = 0.05f64.powf(1.0 / pairs as f64);
    let [low, high] = match auc.value {
        1.0 => [certain, 1.0],
        0.0 => [0.0, 1.0 - certain],
        _ => return auc,
    };
    Estimate {
        low: Some(low),
        high: Some(high),
        ..auc
    }
}

/// Every question behind the headline; none without a finished run.
fn questions(plan: &StudyPlan, arm: &ArmRuns) -> Vec<ArmQuestion> {
    let Some(tested) = arm.pictures() else {
        return Vec::new();
    };
    let classes = plan.data.described.classes.len();
    let questions = Question::of(&plan.data).into_iter();
    questions
        .map(|question| {
            let asked = question.ask_of(&tested, classes);
            let [positives, negatives] = asked.counts();
            let seeds = seeds_of(plan, arm, &question);
            ArmQuestion {
                auc: over_seeds(seeds.into_iter().map(|(_, auc)| auc).collect()),
                is_headline: question.is_headline,
                is_rare: asked.is_rare(&tested),
                patients: asked.patients(&tested),
                name: question.name,
                positives,
                negatives,
            }
        })
        .collect()
}

fn curve(runs: &[Finished]) -> Vec<CurvePoint> {
    let mut steps: Vec<u64> = runs.iter().flat_map(|r| &r.curve).map(|e| e.step).collect();
    steps.sort_unstable();
    steps.dedup();
    let at = |run: &Finished, step: u64| run.curve.iter().find(|e| e.step == step).cloned();
    let point = |step: u64| {
        let points: Vec<Option<Evaluation>> = runs.iter().map(|run| at(run, step)).collect();
        CurvePoint {
            step,
            auc: points
                .iter()
                .map(|p| p.as_ref().map(|e| e.validation_auc))
                .collect(),
            loss: points
                .iter()
                .map(|p| p.as_ref().and_then(|e| e.train_loss))
                .collect(),
        }
    };
    steps.into_iter().map(point).collect()
}
