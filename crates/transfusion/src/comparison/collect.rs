//! Reads the records of a study and compares its arms.

use images::Partition;
use stats::{Arm, Comparison, Outcome, SeedMean};

use super::attribution::attribute;
use super::convergence::convergence;
use super::results::{
    ArmResult, AttributionResult, ComparisonResult, CurvePoint, Estimate, FORMAT, Failure,
    Progress, Reproduction, Results, Timing,
};
use super::{probes, reuse, source_accuracy, transferability, verdict};
use crate::record::{
    Evaluation, MetricsLog, Predictions, RunError, RunResult, RunTiming, StudyDirectory, read_json,
};
use crate::study::{PlannedArm, StudyError, StudyPlan, canonical_json};
use sha2::{Digest as _, Sha256};

/// Results with what goes beside them.
pub struct Collected {
    /// `results.json`.
    pub results: Results,
    /// Times per arm, in the order of the arms.
    pub timing: Vec<Timing>,
}

/// One finished run.
struct Finished {
    seed: u64,
    result: RunResult,
    curve: Vec<Evaluation>,
    auc: Option<stats::Estimate>,
    timing: Option<RunTiming>,
}

/// The finished runs of an arm, by seed.
struct ArmRuns<'a> {
    arm: &'a PlannedArm,
    runs: Vec<Finished>,
}

/// Compares what is finished in the study at `directory`.
pub fn collect(directory: &StudyDirectory) -> Result<Collected, StudyError> {
    let plan = directory.plan()?;
    let mut failures = Vec::new();
    let mut arms: Vec<ArmRuns> = plan
        .arms
        .iter()
        .map(|arm| ArmRuns {
            arm,
            runs: Vec::new(),
        })
        .collect();
    for spec in &plan.runs {
        let run = directory.run(spec);
        if let Some(result) = read_json::<RunResult>(&run.file("result.json"))? {
            let path = run.file("predictions.csv");
            let classes = plan.data.described.classes.len();
            let test = Predictions::read(&path, plan.data.task, classes, Partition::Test)?;
            let auc = plan
                .data
                .headline
                .estimate(&test.probabilities, &test.labels, classes)
                .ok();
            arms[spec.arm].runs.push(Finished {
                seed: spec.seed,
                curve: MetricsLog::new(run.file("metrics.jsonl")).read()?,
                timing: read_json(&run.file("timing.json"))?,
                result,
                auc,
            });
        } else if let Some(error) = read_json::<RunError>(&run.file("error.json"))? {
            failures.push(Failure {
                run: spec.number,
                arm: spec.label.clone(),
                seed: spec.seed,
                error: error.error,
            });
        }
    }
    let done = arms.iter().map(|a| a.runs.len()).sum();
    let progress = Progress {
        planned: plan.runs.len(),
        done,
        failed: failures.len(),
    };
    let arm_results: Vec<_> = arms.iter().map(|arm| arm_result(&plan, arm)).collect();
    let comparisons = comparisons(&plan, &arms, &arm_results);
    let candidates: Vec<_> = arms.iter().map(|a| seed_estimates(a)).collect();
    let attributions = attributions(&plan, &arms);
    let probed = probes::collect(directory, &plan)?;
    failures.extend(probed.failures);
    let promised = transferability::collect(directory, &plan, &arm_results, &probed.results)?;
    let reused = reuse::collect(directory, &plan)?;
    failures.extend(reused.failures);
    let study = directory.study()?;
    let sources: Vec<_> = plan
        .models
        .iter()
        .filter_map(|m| m.source.clone())
        .collect();
    let mut results = Results {
        format: FORMAT,
        title: plan.title.clone(),
        version: plan.version.clone(),
        headline: plan.data.headline.describe(&plan.data.described.classes),
        baseline: plan.compare.baseline.clone(),
        margin: plan.compare.margin,
        thresholds: plan.compare.thresholds.clone(),
        progress,
        warnings: plan.warnings.clone(),
        data: plan.data.described.clone(),
        source_accuracy: source_accuracy::collect(&sources, &arm_results),
        sources,
        models: plan.models.iter().map(|m| m.described.clone()).collect(),
        arms: arm_results,
        comparisons,
        attributions,
        probe: probed.probes,
        probes: probed.results,
        transferability: promised,
        analysis: reused.analysis,
        verdict: super::results::Verdict {
            paragraph: String::new(),
            recommended: None,
            open: Vec::new(),
        },
        failures,
        reproduction: Reproduction {
            command: "transfusion run study.toml".into(),
            study,
            plan_sha256: format!("{:x}", Sha256::digest(canonical_json(&plan))),
        },
    };
    results.verdict = verdict::verdict(&results, &candidates);
    Ok(Collected {
        results,
        timing: arms.iter().map(timing).collect(),
    })
}

fn seed_estimates(arm: &ArmRuns) -> Vec<(u64, stats::Estimate)> {
    arm.runs
        .iter()
        .filter_map(|r| Some((r.seed, r.auc.clone()?)))
        .collect()
}

fn arm_result(plan: &StudyPlan, arm: &ArmRuns) -> ArmResult {
    let aucs: Vec<_> = arm.runs.iter().filter_map(|r| r.auc.clone()).collect();
    let auc = Arm::new(&aucs)
        .ok()
        .map(|a| estimate(&a.summary, a.interval.lower, a.interval.upper));
    let curves: Vec<_> = arm.runs.iter().map(|r| r.curve.clone()).collect();
    let mut steps: Vec<u64> = curves.iter().flatten().map(|e| e.step).collect();
    steps.sort_unstable();
    steps.dedup();
    let at = |curve: &Vec<Evaluation>, step: u64| curve.iter().find(|e| e.step == step).cloned();
    let curve = steps
        .into_iter()
        .map(|step| {
            let points: Vec<_> = curves.iter().map(|c| at(c, step)).collect();
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
        })
        .collect();
    let thresholds = plan.compare.thresholds.iter();
    ArmResult {
        label: arm.arm.label.clone(),
        model: plan.models[arm.arm.model].described.label.clone(),
        init: arm.arm.init.name.clone(),
        regime: arm.arm.regime.name.clone(),
        needs_weights: arm.arm.init.needs_weights(),
        train_size: arm.arm.train_size,
        is_all: arm.arm.is_all,
        auc,
        seeds: arm.runs.iter().map(|r| r.result.test.clone()).collect(),
        curve,
        convergence: thresholds.map(|t| convergence(*t, &curves)).collect(),
    }
}

pub(super) fn estimate(mean: &SeedMean, low: f64, high: f64) -> Estimate {
    Estimate {
        value: mean.mean,
        low,
        high,
        seed_sd: mean.seeds.as_ref().map(|s| s.standard_deviation),
        sampling_se: mean.sampling_standard_error,
    }
}

/// Every arm against those that differ from it in one thing: the initialisation, the regime, or
/// the network being whole.
fn comparisons(plan: &StudyPlan, arms: &[ArmRuns], results: &[ArmResult]) -> Vec<ComparisonResult> {
    let mut all = Vec::new();
    for (place, arm) in plan.arms.iter().enumerate() {
        let others = [
            with_baseline(plan, arm),
            with_full_regime(plan, arm),
            with_whole_network(plan, arm),
        ];
        for other in others.into_iter().flatten().filter(|other| *other != place) {
            let [ours, theirs] = [place, other].map(|place| seed_estimates(&arms[place]));
            if let Some(comparison) = compare(&ours, &theirs, plan.compare.margin) {
                let results = [&results[place], &results[other]];
                all.push(comparison_result(&comparison, results));
            }
        }
    }
    all
}

/// The gain of every `transfer` arm, where `random` and `mean-var` arms beside it tell its parts.
fn attributions(plan: &StudyPlan, arms: &[ArmRuns]) -> Vec<AttributionResult> {
    let beside = |arm: &PlannedArm, init: &str| {
        let found = arms.iter().find(|other| {
            let other = other.arm;
            other.init.name == init
                && other.regime.name == arm.regime.name
                && (other.model, other.train_size) == (arm.model, arm.train_size)
        });
        found.map(seed_estimates)
    };
    let transfers = arms.iter().filter(|a| a.arm.init.name == "transfer");
    let found = transfers.filter_map(|transfer| {
        let arm = transfer.arm;
        let (random, mean_var) = (beside(arm, "random")?, beside(arm, "mean-var")?);
        let transfer = seed_estimates(transfer);
        let (helps, [gain, scale, features]) =
            attribute(&random, &mean_var, &transfer, plan.compare.margin)?;
        Some(AttributionResult {
            model: plan.models[arm.model].described.label.clone(),
            train_size: arm.train_size,
            is_all: arm.is_all,
            regime: arm.regime.name.clone(),
            helps,
            gain,
            scale,
            features,
        })
    });
    found.collect()
}

/// Position of the arm with the baseline initialisation and all else alike.
fn with_baseline(plan: &StudyPlan, arm: &PlannedArm) -> Option<usize> {
    plan.arms.iter().position(|other| {
        other.init.name == plan.compare.baseline
            && other.model == arm.model
            && other.regime.name == arm.regime.name
            && other.train_size == arm.train_size
    })
}

/// Position of the arm that is trained fully, with all else alike.
fn with_full_regime(plan: &StudyPlan, arm: &PlannedArm) -> Option<usize> {
    plan.arms.iter().position(|other| {
        other.regime.is_full()
            && other.init.name == arm.init.name
            && other.model == arm.model
            && other.train_size == arm.train_size
    })
}

/// Position of the arm of the network that is neither slimmed nor truncated, with all else alike.
fn with_whole_network(plan: &StudyPlan, arm: &PlannedArm) -> Option<usize> {
    let label = |model: usize| plan.models[model].described.label.as_str();
    let whole = plan.models[arm.model].described.choice.base().label();
    plan.arms.iter().position(|other| {
        label(other.model) == whole
            && other.init.name == arm.init.name
            && other.regime.name == arm.regime.name
            && other.train_size == arm.train_size
    })
}

fn comparison_result(comparison: &Comparison, [arm, other]: [&ArmResult; 2]) -> ComparisonResult {
    let speed_up = arm.convergence.iter().zip(&other.convergence);
    ComparisonResult {
        arm: arm.label.clone(),
        baseline: other.label.clone(),
        difference: estimate(
            &comparison.difference,
            comparison.interval.lower,
            comparison.interval.upper,
        ),
        outcome: outcome_word(comparison.outcome).into(),
        smallest_detectable: comparison.smallest_detectable,
        speed_up: speed_up
            .map(|(arm, other)| Some(other.median? / arm.median?.max(1.0)))
            .collect(),
    }
}

/// Two arms over the seeds that both have finished.
pub(super) fn compare(
    arm: &[(u64, stats::Estimate)],
    baseline: &[(u64, stats::Estimate)],
    margin: f64,
) -> Option<Comparison> {
    let (ours, theirs): (Vec<_>, Vec<_>) = arm
        .iter()
        .filter_map(|(seed, estimate)| {
            let (_, other) = baseline.iter().find(|(s, _)| s == seed)?;
            Some((estimate.clone(), other.clone()))
        })
        .unzip();
    Comparison::new(&ours, &theirs, margin).ok()
}

pub(super) fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Better => "better",
        Outcome::Worse => "worse",
        Outcome::Equivalent => "equivalent",
        Outcome::Undecided => "undecided",
    }
}

fn timing(arm: &ArmRuns) -> Timing {
    let timed: Vec<_> = arm.runs.iter().filter_map(|r| r.timing.as_ref()).collect();
    Timing {
        arm: arm.arm.label.clone(),
        seconds: timed.iter().map(|t| t.seconds).collect(),
        images_per_second: timed
            .iter()
            .map(|t| t.images as f64 / t.seconds.max(1e-9))
            .collect(),
    }
}
