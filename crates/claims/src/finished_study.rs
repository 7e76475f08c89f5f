//! What a study left, as far as claims are judged by it: read from the records of its runs.

use decisions::{Arms, Contrast, Seeds};
use durable::read_sealed;
use images::Partition;
use record::{
    FinishedRun, Job, PairAnalysis, Predictions, RecordError, RunAnalysis, StudyDirectory,
};
use stats::{Estimate, PatientDraws};
use study::{PlannedArm, RunSpec, StudyPlan};

use crate::part::Lack;

/// Samples of validation patients that speeds are held against, as in results.json.
const DRAWS: usize = 400;
/// Seed of these draws.
const SEED: u64 = 0;

/// A finished study, or as much of it as is finished.
pub struct FinishedStudy {
    /// Its name in the table of claims.
    pub name: String,
    /// Its plan.
    pub plan: StudyPlan,
    /// Where it is, as it was given.
    pub place: String,
    /// Finished runs by arm.
    pub(crate) runs: Vec<Vec<Trained>>,
    /// Seed and test AUC of every finished run, by arm.
    pub(crate) aucs: Vec<Vec<(u64, Estimate)>>,
    /// Of every finished part of the analysis of a run: arm and seed.
    pub(crate) kept: Vec<(usize, u64, RunAnalysis)>,
    /// Of every finished part of a pair with the baseline: arm, its seed and the baseline's.
    pub(crate) pairs: Vec<(usize, [u64; 2], PairAnalysis)>,
    /// What trained the runs, every combination once.
    pub machines: Vec<String>,
    /// Seconds of training and evaluation, over all runs.
    pub seconds: f64,
}

/// A finished run.
pub(crate) struct Trained {
    pub(crate) seed: u64,
    /// Validation AUC of the checkpoint that was tested.
    pub(crate) validation_auc: f64,
    /// Step and validation AUC of every evaluation.
    pub(crate) curve: Vec<(u64, f64)>,
    /// What other validation patients would have added to the best validation AUC, one a draw.
    pub(crate) redrawn: Option<Vec<f64>>,
}

impl FinishedStudy {
    /// Reads what is finished of the study at `directory`. Every file is held against its record.
    pub fn read(name: &str, directory: &StudyDirectory) -> Result<Self, RecordError> {
        let plan = directory.plan()?;
        let arms = plan.arms.len();
        let mut study = Self {
            name: name.into(),
            place: directory.path().display().to_string(),
            runs: (0..arms).map(|_| Vec::new()).collect(),
            aucs: vec![Vec::new(); arms],
            kept: Vec::new(),
            pairs: Vec::new(),
            machines: Vec::new(),
            seconds: 0.0,
            plan,
        };
        for number in 0..study.plan.runs.len() {
            study.read_run(directory, number)?;
        }
        study.machines.sort();
        study.machines.dedup();
        study.read_analysis(directory)?;
        Ok(study)
    }

    fn read_run(&mut self, directory: &StudyDirectory, number: usize) -> Result<(), RecordError> {
        let plan = &self.plan;
        let spec: &RunSpec = &plan.runs[number];
        let Some(finished) = FinishedRun::open(&directory.run(spec), &spec.id)? else {
            return Ok(());
        };
        // Folds are not judged; how long they took is told all the same.
        let timing = finished.timing()?;
        self.seconds += timing.seconds;
        if !timing.device.is_empty() {
            let threads = timing.threads.map(|n| format!(", {n} threads"));
            let machine = format!("{}{}", timing.device, threads.unwrap_or_default());
            self.machines
                .push(machine.replace(", 1 threads", ", 1 thread"));
        }
        if spec.fold.is_some() {
            return Ok(());
        }
        finished.check(plan, &plan.data.split)?;
        let table = finished.predictions(plan)?;
        let [validation, test] =
            [Partition::Validation, Partition::Test].map(|part| table.part(part.name()));
        let (validation, test) = (validation?, test?);
        let looked_at = plan.data.split.looked_at_places();
        let validation = validation.of(&looked_at, plan.data.described.classes.len());
        let curve = finished.curve()?;
        let run = Trained {
            seed: spec.seed,
            validation_auc: finished.result.validation_auc,
            curve: curve.iter().map(|e| (e.step, e.validation_auc)).collect(),
            redrawn: redrawn(plan, &validation),
        };
        let auc = estimate(plan, &test)
            .and_then(|auc| auc.by_cluster(&test.clusters()?).ok())
            .map(|auc| (spec.seed, auc));
        self.aucs[spec.arm].extend(auc);
        self.runs[spec.arm].push(run);
        Ok(())
    }

    fn read_analysis(&mut self, directory: &StudyDirectory) -> Result<(), RecordError> {
        let plan = &self.plan;
        let Some(planned) = &plan.analysis else {
            return Ok(());
        };
        for change in &planned.runs {
            let path = Job::Change(change).result_file(directory);
            if let Some(record) = read_sealed::<RunAnalysis>(&path)? {
                let run = &plan.runs[change.run];
                self.kept.push((run.arm, run.seed, record.value));
            }
        }
        for pair in &planned.pairs {
            let path = Job::Pair(pair).result_file(directory);
            if let Some(record) = read_sealed::<PairAnalysis>(&path)? {
                let [a, b] = [pair.a, pair.b].map(|run| &plan.runs[run]);
                self.pairs.push((a.arm, [a.seed, b.seed], record.value));
            }
        }
        Ok(())
    }

    /// The margin that the study declared, in test AUC.
    pub(crate) fn margin(&self) -> f64 {
        self.plan.compare.margin
    }

    /// Planned and finished runs.
    pub fn progress(&self) -> [usize; 2] {
        let done = self.runs.iter().map(Vec::len).sum();
        [self.plan.runs.len(), done]
    }

    /// Label of the network of an arm.
    pub(crate) fn model(&self, arm: usize) -> &str {
        let model = self.plan.arms.get(arm).map(|arm| arm.model);
        let found = model.and_then(|model| self.plan.models.get(model));
        found.map_or("", |model| &model.described.label)
    }

    /// The arm of a network with a start, trained fully on all training pictures, or on `size`.
    pub(crate) fn arm(&self, model: &str, init: &str, size: Option<usize>) -> Result<usize, Lack> {
        self.is_read()?;
        let is_size = |arm: &PlannedArm| match size {
            Some(size) => arm.train_size == size,
            None => arm.is_all,
        };
        let arms = self.plan.arms.iter().enumerate();
        let mut found = arms.filter(|(place, arm)| {
            self.model(*place) == model
                && arm.init.name == init
                && arm.regime.is_full()
                && is_size(arm)
        });
        let place = found.next().map(|(place, _)| place);
        place.ok_or_else(|| {
            let on = size.map_or("all".to_owned(), |size| size.to_string());
            Lack(format!(
                "the study `{}` has no arm of {model} from {init}, trained fully on {on} training pictures",
                self.name
            ))
        })
    }

    /// Studies that are judged otherwise than by a given number of seeds on one split say so.
    fn is_read(&self) -> Result<(), Lack> {
        let refuse = |what: &str| Err(Lack(format!("the study `{}` has {what}", self.name)));
        match &self.plan {
            plan if plan.data.folds.is_some() => refuse(
                "folds: claims are judged on one split, as thresholds and similarity are of one",
            ),
            plan if !plan.compare.looks.is_empty() => refuse(
                "seeds until decided: claims are judged by a number of seeds that is given before",
            ),
            _ => Ok(()),
        }
    }

    /// Labels of the networks that have an arm from each of `inits`: those of `asked`, or all.
    pub(crate) fn networks(&self, asked: Option<&[String]>, inits: &[&str]) -> Vec<String> {
        if let Some(asked) = asked {
            return asked.to_vec();
        }
        let labels = self.plan.models.iter().map(|model| &model.described.label);
        let has = |label: &&String| inits.iter().all(|init| self.arm(label, init, None).is_ok());
        labels.filter(has).cloned().collect()
    }

    /// Seed and test AUC of every finished run of an arm.
    pub(crate) fn seeds(&self, arm: usize) -> &Seeds {
        self.aucs.get(arm).map_or(&[], Vec::as_slice)
    }

    /// Test AUC of the first arm less that of the second, seeds paired.
    pub(crate) fn contrast(&self, pair: [usize; 2]) -> Result<Contrast, Lack> {
        let same = |arm: &PlannedArm, other: &PlannedArm| {
            (arm.model, arm.train_size) == (other.model, other.train_size)
        };
        let kin = self.plan.arms.iter().map(|arm| {
            let first = self.plan.arms.iter().position(|other| same(arm, other));
            first.unwrap_or_default()
        });
        let seeds = self.aucs.iter().map(Vec::as_slice);
        Arms::new(seeds.zip(kin)).contrast(pair).ok_or_else(|| {
            let [ours, theirs] = pair.map(|arm| match self.plan.arms.get(arm) {
                Some(arm) => arm.label.as_str(),
                None => "an arm",
            });
            Lack(format!(
                "no seed is finished of both `{ours}` and `{theirs}`"
            ))
        })
    }
}

/// Test AUC of the headline; none where it is undefined.
fn estimate(plan: &StudyPlan, predictions: &Predictions) -> Option<Estimate> {
    let classes = plan.data.described.classes.len();
    let headline = &plan.data.headline;
    let found = headline.estimate(&predictions.probabilities, &predictions.labels, classes);
    found.ok()
}

/// What other samples of the validation patients would have added to the validation AUC.
fn redrawn(plan: &StudyPlan, validation: &Predictions) -> Option<Vec<f64>> {
    let auc = estimate(plan, validation)?;
    let people = validation.patients.iter().zip(&validation.images);
    let names = people.map(|(patient, image)| patient.as_deref().unwrap_or(image));
    PatientDraws::new(names, DRAWS, SEED).ok()?.of(&auc).ok()
}
