//! What finished runs left behind, by arm.

use std::rc::Rc;

use images::Partition;
use initialisation::{Match, MatchReport, Origin};

use super::cross_validation::{self, Tested};
use super::performance::{performance, thresholds};
use decisions::OfFolds;
use record::metrics::{self, Judged};
use record::names::ERROR;
use record::results::{Failure, SeedResult};
use record::{Evaluation, FinishedRun, Predictions, RecordError, RunTiming, StudyDirectory};
use stats::PatientDraws;
use study::{Fold, PlannedArm, StudyPlan};

/// Samples of validation patients that speeds are held against.
const DRAWS: usize = 400;
/// Seed of these draws.
const SEED: u64 = 0;

/// One finished run.
pub(crate) struct Finished {
    /// Seed.
    pub seed: u64,
    /// Fold of cross-validation.
    pub fold: Option<Fold>,
    /// Its test metrics, as the run measured them, with its questions.
    pub metrics: SeedResult,
    /// Validation curve.
    pub curve: Vec<Evaluation>,
    /// What other validation patients would have added to the AUC of the best checkpoint, one a
    /// draw; none where its error is undefined.
    pub redrawn: Option<Vec<f64>>,
    /// Predictions of the test partition.
    pub test: Predictions,
    /// The threshold on the probability that the validation partition chose, for each of
    /// `Question::every`; none where it lacks one of the answers.
    pub thresholds: Vec<Option<f64>>,
    /// Predictions of the named test sets, in the order of the plan.
    pub test_sets: Vec<Predictions>,
    /// Test AUC of the headline with its error over patients; of a fold laid out over all pictures
    /// that are tested.
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
    /// What is tested in the folds of the study, the same for all arms.
    pub tested: Option<Rc<Tested>>,
}

impl ArmRuns<'_> {
    /// Seed and test AUC of every run that has one; with folds, of every seed that has them all.
    pub(crate) fn aucs(&self) -> Vec<(u64, stats::Estimate)> {
        self.over_patients(|run| run.auc.clone())
    }

    /// What `of` makes of every run, by seed; with folds, for the way of training over all folds
    /// of a seed.
    pub(crate) fn over_patients(
        &self,
        of: impl Fn(&Finished) -> Option<stats::Estimate>,
    ) -> Vec<(u64, stats::Estimate)> {
        match &self.tested {
            Some(tested) => self.over_folds(of, |folds| tested.of_procedure(folds)),
            None => {
                let runs = self.runs.iter();
                runs.filter_map(|run| Some((run.seed, of(run)?))).collect()
            }
        }
    }

    /// The same where all networks of a seed are measured on the same pictures: their mean.
    pub(crate) fn on_same_pictures(
        &self,
        of: impl Fn(&Finished) -> Option<stats::Estimate>,
    ) -> Vec<(u64, stats::Estimate)> {
        match &self.tested {
            Some(_) => self.over_folds(of, |folds| stats::Estimate::mean(folds).ok()),
            None => self.over_patients(of),
        }
    }

    /// What `of` makes of the runs of all `arms`, by seed and fold; none without folds.
    pub(crate) fn of_folds(
        arms: &[ArmRuns],
        of: impl Fn(&Finished) -> Option<f64>,
    ) -> Option<OfFolds> {
        let tested = arms.iter().find_map(|arm| arm.tested.as_ref())?;
        Some(OfFolds {
            arms: arms.iter().map(|arm| arm.by_fold(&of)).collect(),
            test_to_train: tested.of_fold(),
        })
    }

    /// What `of` makes of every run of a seed that has all folds, in their order, by seed.
    pub(crate) fn by_fold<T>(&self, of: impl Fn(&Finished) -> Option<T>) -> Vec<(u64, Vec<T>)> {
        let runs = self.runs.iter();
        let found = runs.filter_map(|run| Some((run.seed, run.fold?, of(run)?)));
        match &self.tested {
            Some(tested) => tested.complete(found),
            None => Vec::new(),
        }
    }

    /// One number a seed of what `of` makes of the runs in all of its folds.
    pub(crate) fn over_folds(
        &self,
        of: impl Fn(&Finished) -> Option<stats::Estimate>,
        mean: impl Fn(&[stats::Estimate]) -> Option<stats::Estimate>,
    ) -> Vec<(u64, stats::Estimate)> {
        let seeds = self.by_fold(of).into_iter();
        seeds
            .filter_map(|(seed, folds)| Some((seed, mean(&folds)?)))
            .collect()
    }

    /// Every picture that the arm is tested on, with some prediction: of the first run, or of all
    /// finished folds of its seed and repeat.
    pub(crate) fn pictures(&self) -> Option<Predictions> {
        let first = self.runs.first()?;
        let place = |run: &Finished| (run.seed, run.fold.map(|fold| fold.repeat));
        let mut all = first.test.clone();
        for run in self.runs[1..]
            .iter()
            .filter(|run| place(run) == place(first))
        {
            all.extend(&run.test);
        }
        Some(all)
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

/// What other samples of the patients of `validation`, the pictures that the curve looks at, would have
/// added to the AUC on them; a
/// patient moves every network alike.
fn redrawn(plan: &StudyPlan, validation: &Predictions) -> Option<Vec<f64>> {
    let headline = &plan.data.headline;
    let classes = plan.data.described.classes.len();
    let auc = headline.estimate(&validation.probabilities, &validation.labels, classes);
    let people = validation.patients.iter().zip(&validation.images);
    let names = people.map(|(patient, image)| patient.as_deref().unwrap_or(image));
    PatientDraws::new(names, DRAWS, SEED)
        .ok()?
        .of(&auc.ok()?)
        .ok()
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
            tested: None,
        })
        .collect();
    for spec in &plan.runs {
        let run = directory.run(spec);
        if let Some(finished) = FinishedRun::open(&run, &spec.id)? {
            finished.check(plan, plan.data.split_of(spec.fold))?;
            let table = finished.predictions(plan)?;
            let of = |part: &str| table.part(part);
            let (validation, test) = (
                of(Partition::Validation.name())?,
                of(Partition::Test.name())?,
            );
            let test_sets = plan.data.split.test_sets.iter().map(|set| of(&set.name));
            let test_sets = test_sets.collect::<Result<_, _>>()?;
            let auc = match spec.fold {
                None => headline_auc(plan, &test),
                Some(fold) => cross_validation::headline_auc(plan, fold, &test),
            };
            let looked_at = plan.data.split_of(spec.fold).looked_at_places();
            let redrawn = redrawn(plan, &validation.of(&looked_at, spec.data.classes.len()));
            let judged = Judged {
                data: &spec.data,
                predictions: &test,
            };
            let mut measured = finished.result.test.clone();
            measured.metrics.complete(&metrics::METRICS, &judged);
            let metrics = SeedResult {
                run: spec.number,
                seed: spec.seed,
                fold: spec.fold,
                best_step: measured.best_step,
                steps: measured.steps,
                questions: performance(plan, &validation, &test),
                ..measured
            };
            let arm = &mut arms[spec.arm];
            if arm.runs.is_empty() {
                let matches = finished.matches()?;
                arm.up_to_block = matches.and_then(|m| highest_loaded(&m));
            }
            arm.runs.push(Finished {
                seed: spec.seed,
                fold: spec.fold,
                curve: finished.curve()?,
                redrawn,
                timing: Some(finished.timing()?),
                metrics,
                thresholds: thresholds(plan, &validation),
                test,
                test_sets,
                auc,
            });
        } else if let Some(error) = ERROR.read(run.path())? {
            failures.push(Failure {
                run: spec.number,
                arm: spec.label.clone(),
                seed: spec.seed,
                fold: spec.fold,
                error: error.value.error,
            });
        }
    }
    if let Some(folds) = &plan.data.folds {
        let runs = arms.iter().flat_map(|arm| &arm.runs);
        let tests = runs.filter_map(|run| Some((run.fold?, &run.test)));
        let tested = Tested::new(folds, tests).map(Rc::new);
        arms.iter_mut().for_each(|arm| arm.tested = tested.clone());
    }
    Ok((arms, failures))
}
