//! What finished runs left behind, by arm.

use images::Partition;
use networks::initialisation::{Match, MatchReport, Origin};

use super::performance::performance;
use durable::JsonLog;
use record::metrics::{self, Judged};
use record::names::{ERROR, MATCHES, METRICS, PREDICTIONS, RUN_RESULT, TIMING};
use record::results::{Failure, SeedResult};
use record::{Evaluation, Predictions, RecordError, RunTiming, StudyDirectory};
use study::{PlannedArm, StudyPlan};

/// One finished run.
pub(crate) struct Finished {
    /// Seed.
    pub seed: u64,
    /// Its test metrics, as the run measured them, with its questions.
    pub metrics: SeedResult,
    /// Validation curve.
    pub curve: Vec<Evaluation>,
    /// Predictions of the test partition.
    pub test: Predictions,
    /// Predictions of the named test sets, in the order of the plan.
    pub test_sets: Vec<Predictions>,
    /// Test AUC of the headline with its error over patients.
    pub auc: Option<stats::Estimate>,
    /// How long it took, where the record says.
    pub timing: Option<RunTiming>,
}

/// The finished runs of an arm, by seed.
pub(crate) struct ArmRuns<'a> {
    /// The arm.
    pub arm: &'a PlannedArm,
    /// Its runs.
    pub runs: Vec<Finished>,
    /// The highest block with a tensor that was loaded, by the first run's match report.
    pub up_to_block: Option<String>,
}

impl ArmRuns<'_> {
    /// Seed and test AUC of every run that has one.
    pub(crate) fn aucs(&self) -> Vec<(u64, stats::Estimate)> {
        let runs = self.runs.iter();
        runs.filter_map(|run| Some((run.seed, run.auc.clone()?)))
            .collect()
    }
}

/// AUC of the headline on some pictures, with its error over patients; none where it is undefined.
pub(crate) fn headline_auc(plan: &StudyPlan, predictions: &Predictions) -> Option<stats::Estimate> {
    let headline = &plan.data.headline;
    let classes = plan.data.described.classes.len();
    let auc = headline
        .estimate(&predictions.probabilities, &predictions.labels, classes)
        .ok()?;
    auc.by_cluster(&predictions.clusters()?).ok()
}

/// Tensors are in the order of the network.
fn highest_loaded(matches: &MatchReport) -> Option<String> {
    let loaded = |m: &&Match| matches!(m.action.origin(), Origin::Loaded | Origin::Adapted);
    let highest = matches.tensors.iter().rev().find(loaded)?;
    Some(highest.block.clone())
}

/// Reads every record of the study at `directory`: arms in the order of the plan, and what failed.
pub(crate) fn read<'a>(
    directory: &StudyDirectory,
    plan: &'a StudyPlan,
) -> Result<(Vec<ArmRuns<'a>>, Vec<Failure>), RecordError> {
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
        if let Some(result) = RUN_RESULT.read(run.path())? {
            let path = run.file(PREDICTIONS);
            let of = |part: &str| Predictions::read(&path, plan.data.task, classes, part);
            let (validation, test) = (
                of(Partition::Validation.name())?,
                of(Partition::Test.name())?,
            );
            let test_sets = plan.data.split.test_sets.iter().map(|set| of(&set.name));
            let test_sets = test_sets.collect::<Result<_, _>>()?;
            let auc = headline_auc(plan, &test);
            let judged = Judged {
                data: &spec.data,
                predictions: &test,
            };
            let mut measured = result.test;
            measured.metrics.complete(&metrics::METRICS, &judged);
            let metrics = SeedResult {
                run: spec.number,
                seed: spec.seed,
                best_step: measured.best_step,
                steps: measured.steps,
                questions: performance(plan, &validation, &test),
                ..measured
            };
            let arm = &mut arms[spec.arm];
            if arm.runs.is_empty() {
                let matches = MATCHES.read(run.path())?;
                arm.up_to_block = matches.and_then(|m| highest_loaded(&m));
            }
            arm.runs.push(Finished {
                seed: spec.seed,
                curve: JsonLog::new(run.file(METRICS)).read()?,
                timing: TIMING.read(run.path())?,
                metrics,
                test,
                test_sets,
                auc,
            });
        } else if let Some(error) = ERROR.read(run.path())? {
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
