//! What finished runs left behind, by arm.

use images::Partition;
use networks::initialisation::{Match, MatchReport, Origin};

use super::metrics::test_metrics;
use super::performance::performance;
use super::results::{Failure, SeedResult};
use crate::record::{
    Evaluation, MetricsLog, Predictions, RunError, RunResult, RunTiming, StudyDirectory, read_json,
};
use crate::study::{PlannedArm, StudyError, StudyPlan};

/// One finished run.
pub(super) struct Finished {
    /// Seed.
    pub seed: u64,
    /// Its test metrics, computed anew from the predictions.
    pub metrics: SeedResult,
    /// Validation curve.
    pub curve: Vec<Evaluation>,
    /// Predictions of the test partition.
    pub test: Predictions,
    /// Test AUC of the headline with its error over patients.
    pub auc: Option<stats::Estimate>,
    /// How long it took, where the record says.
    pub timing: Option<RunTiming>,
}

/// The finished runs of an arm, by seed.
pub(super) struct ArmRuns<'a> {
    /// The arm.
    pub arm: &'a PlannedArm,
    /// Its runs.
    pub runs: Vec<Finished>,
    /// The highest block with a tensor that was loaded, by the first run's match report.
    pub up_to_block: Option<String>,
}

impl ArmRuns<'_> {
    /// Seed and test AUC of every run that has one.
    pub(super) fn aucs(&self) -> Vec<(u64, stats::Estimate)> {
        let runs = self.runs.iter();
        runs.filter_map(|run| Some((run.seed, run.auc.clone()?)))
            .collect()
    }
}

/// Tensors are in the order of the network.
fn highest_loaded(matches: &MatchReport) -> Option<String> {
    let loaded = |m: &&Match| matches!(m.action.origin(), Origin::Loaded | Origin::Adapted);
    let highest = matches.tensors.iter().rev().find(loaded)?;
    Some(highest.block.clone())
}

/// Reads every record of the study at `directory`: arms in the order of the plan, and what failed.
pub(super) fn read<'a>(
    directory: &StudyDirectory,
    plan: &'a StudyPlan,
) -> Result<(Vec<ArmRuns<'a>>, Vec<Failure>), StudyError> {
    let mut failures = Vec::new();
    let mut arms: Vec<ArmRuns> = plan
        .arms
        .iter()
        .map(|arm| ArmRuns {
            arm,
            runs: Vec::new(),
            up_to_block: None,
        })
        .collect();
    let classes = plan.data.described.classes.len();
    for spec in &plan.runs {
        let run = directory.run(spec);
        if let Some(result) = read_json::<RunResult>(&run.file("result.json"))? {
            let path = run.file("predictions.csv");
            let of = |partition| Predictions::read(&path, plan.data.task, classes, partition);
            let (validation, test) = (of(Partition::Validation)?, of(Partition::Test)?);
            let headline = &plan.data.headline;
            let auc = headline
                .estimate(&test.probabilities, &test.labels, classes)
                .ok()
                .and_then(|auc| auc.by_cluster(&test.clusters()?).ok());
            let metrics = SeedResult {
                run: spec.number,
                seed: spec.seed,
                best_step: result.test.best_step,
                steps: result.test.steps,
                questions: performance(plan, &validation, &test),
                ..test_metrics(&plan.data, &test)
            };
            let arm = &mut arms[spec.arm];
            if arm.runs.is_empty() {
                let matches = read_json::<MatchReport>(&run.file("match.json"))?;
                arm.up_to_block = matches.and_then(|m| highest_loaded(&m));
            }
            arm.runs.push(Finished {
                seed: spec.seed,
                curve: MetricsLog::new(run.file("metrics.jsonl")).read()?,
                timing: read_json(&run.file("timing.json"))?,
                metrics,
                test,
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
    Ok((arms, failures))
}
