//! How long jobs take on a device, about.

use std::sync::Arc;
use std::time::Instant;

use engine::{Device, Model};
use initialisation::{Initialisation, initialise};
use record::Job;
use study::{OpenStudy, PlannedProbe, RunSpec, mean_passes};

use crate::training::{RunFailure, predict};

/// Pictures timed for the estimate.
const TIMED: usize = 32;
/// Times it is done; the fastest counts.
const TIMINGS: usize = 4;
/// Seconds of a part of the analysis: its pictures go through networks that are trained already.
const ANALYSIS: f64 = 60.0;

/// How long the jobs of a study take on one device, from forward passes of each network timed there.
#[derive(Clone)]
pub struct Estimate<'a> {
    study: &'a OpenStudy,
    /// By model: seconds of one forward pass of a picture.
    per_image: Vec<f64>,
    /// By arm: a training step in forward passes. Three where everything is trained, one forward and
    /// two backward, to input and weights.
    passes: Vec<f64>,
}

impl<'a> Estimate<'a> {
    /// Times the networks of a study.
    pub fn of(study: &'a OpenStudy, device: &dyn Device) -> Result<Self, RunFailure> {
        let plan = &study.plan;
        let per_image = (0..plan.models.len())
            .map(|model| seconds_per_image(study, model, device))
            .collect::<Result<_, _>>()?;
        let mut passes = Vec::new();
        for arm in &plan.arms {
            let network = plan.models[arm.model].network(&plan.data.described)?;
            passes.push(mean_passes(&arm.regime, &network)?);
        }
        Ok(Self {
            study,
            per_image,
            passes,
        })
    }

    /// Seconds of a run or trial.
    pub fn run(&self, run: &RunSpec) -> f64 {
        let plan = &self.study.plan;
        let trained = run.train.max_steps as f64 * run.train.batch_size.min(run.train_size) as f64;
        let split = plan.data.split_of(run.fold);
        let evaluated = run.train.evaluations() as f64 * split.looked_at().len() as f64
            + (split.validation.len() + split.test.len()) as f64;
        let model = plan.arms[run.arm].model;
        self.per_image[model] * (self.passes[run.arm] * trained + evaluated)
    }

    /// Seconds of the features of one probe; its fits are not in it, and features from a file take none.
    pub fn probe(&self, probe: &PlannedProbe) -> f64 {
        let Some(network) = probe.of.network() else {
            return 0.0;
        };
        let split = &self.study.plan.data.split;
        let pictures = split.train.len() + split.validation.len() + split.test.len();
        self.per_image[network.model] * pictures as f64
    }

    /// Seconds of any job.
    pub fn job(&self, job: &Job) -> f64 {
        match job {
            Job::Probe(probe) => self.probe(probe),
            Job::Trial(trial) => self.run(&trial.run),
            Job::Train(run) => self.run(run),
            Job::Change(_) | Job::Pair(_) | Job::Map(_) => ANALYSIS,
        }
    }
}

/// Seconds of one forward pass per picture, measured on some training pictures.
fn seconds_per_image(
    study: &OpenStudy,
    model: usize,
    device: &dyn Device,
) -> Result<f64, RunFailure> {
    let plan = &study.plan;
    let network = Arc::new(plan.models[model].network(&plan.data.described)?);
    let streams = |path: &str| images::stream(0, path, 0);
    let (weights, _) = initialise(&network, &Initialisation::random(), None, &streams)?;
    let model_on_device = Model::on(device.executor()?, network, &weights)?;
    let feed = images::Feed::new(
        study.cache.clone(),
        &study.dataset,
        plan.models[model].normalisation.clone(),
        Default::default(),
    );
    let some = &plan.data.split.train[..plan.data.split.train.len().min(TIMED)];
    let samples = study.cache.frame().samples();
    let mut best = f64::INFINITY;
    for _ in 0..TIMINGS {
        let began = Instant::now();
        predict(&model_on_device, &feed, plan.data.task, some, samples)?;
        best = best.min(began.elapsed().as_secs_f64());
    }
    Ok(best / some.len() as f64)
}
