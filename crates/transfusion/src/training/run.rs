//! One run: initialise or resume, train, evaluate, keep the best, record.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use engine::tensor::Device;
use engine::{Model, Optimizer, OptimizerState};
use images::{Batch, Label, Loader, Partition, UnreadableImage};
use networks::Weights;
use networks::initialisation::MatchReport;
use networks::regime::Tuning;

use super::device::{device, place};
use super::failure::RunFailure;
use super::first_filters::{first_filters, write_gabor};
use super::frozen;
use super::loss::Loss;
use super::phases::spans;
use super::pictures::TrainingPictures;
use super::prediction::predict;
use crate::comparison::test_metrics;
use crate::memory;
use crate::progress::RunProgress;
use crate::record::{
    Best, Checkpoint, CheckpointState, Checkpoints, Ending, Evaluation, InferenceTiming,
    MetricsLog, Predictions, RunDirectory, RunResult, RunTiming, write, write_json,
};
use crate::study::{Material, RunSpec, StudyError};

/// Share of an auxiliary head's loss beside the head's, as torchvision's training script has it.
const AUXILIARY_WEIGHT: f32 = 0.4;

/// How a run that did not fail ended.
#[derive(Debug)]
pub enum RunEnd {
    /// Its result is written.
    Done,
    /// It was asked to stop, and goes on from its checkpoint next time.
    Interrupted,
}

/// Trains `spec` to its end or until `stop` is set. A run that was interrupted goes on from its
/// newest checkpoint and leaves the same bytes as one that was not. `is_alone`: no other run trains
/// in this process, so that its memory is this run's.
pub fn execute(
    material: &Material,
    spec: &RunSpec,
    directory: &RunDirectory,
    progress: &dyn RunProgress,
    stop: &AtomicBool,
    is_alone: bool,
) -> Result<RunEnd, RunFailure> {
    directory.make()?;
    write_json(&directory.file("spec.json"), spec)?;
    if is_alone {
        memory::forget_peak();
    }
    let mut run = Run::open(material, spec, directory, is_alone)?;
    progress.resumed(run.state.step);
    if run.state.evaluated.is_none() {
        run.evaluate(progress)?;
        run.save()?;
    }
    let train = &spec.train;
    let remaining = run.state.step..train.max_steps;
    let loader = Loader::training(
        &run.pictures.feed,
        &run.pictures.examples,
        train.batch_size,
        spec.seed,
        remaining,
        1,
    );
    for batch in loader {
        if run.is_out_of_patience() {
            break;
        }
        if stop.load(Ordering::Relaxed) {
            run.save()?;
            return Ok(RunEnd::Interrupted);
        }
        run.enter_phase()?;
        let loss = run.step(batch?)?;
        progress.stepped(run.state.step, loss);
        if train.evaluates_at(run.state.step) {
            run.evaluate(progress)?;
            run.save()?;
        }
    }
    run.finish()?;
    Ok(RunEnd::Done)
}

struct Run<'a> {
    material: &'a Material,
    spec: &'a RunSpec,
    directory: &'a RunDirectory,
    checkpoints: Checkpoints,
    log: MetricsLog,
    pictures: TrainingPictures,
    loss: Loss,
    device: Device,
    initial: Weights,
    matches: MatchReport,
    /// Steps of each phase.
    spans: Vec<Range<u64>>,
    model: Model,
    optimizer: Optimizer,
    state: CheckpointState,
    since: Instant,
    is_alone: bool,
}

impl<'a> Run<'a> {
    fn open(
        material: &'a Material,
        spec: &'a RunSpec,
        directory: &'a RunDirectory,
        is_alone: bool,
    ) -> Result<Self, RunFailure> {
        let pictures = TrainingPictures::of(material, spec);
        let labels = pictures.examples.iter();
        let labels: Vec<&Label> = labels
            .map(|i| &material.dataset.examples[*i].label)
            .collect();
        let (network, initial, matches) = pictures.start(material, spec).weights(material)?;
        let loss = Loss::new(
            material.plan.data.task,
            network.classes,
            spec.train.class_weights,
            &labels,
        );
        let device = device();
        write_json(&directory.file("match.json"), &matches)?;
        write_gabor(directory, &matches, &initial)?;
        let checkpoints = Checkpoints::new(directory);
        let log = MetricsLog::new(directory.file("metrics.jsonl"));
        let spans = spans(&spec.regime, spec.train.max_steps);
        let mut optimizer = spec.train.optimizer();
        let (state, weights) = match checkpoints.newest()? {
            Some(Checkpoint {
                state,
                model,
                moments,
            }) => {
                let begun = spans.get(state.phase).map_or(0, |span| span.start);
                let steps = state.step.saturating_sub(begun);
                optimizer.state = OptimizerState::from_weights(steps, &moments, &device);
                (state, model)
            }
            None => (CheckpointState::default(), initial.clone()),
        };
        log.truncate(state.evaluated)?;
        let model = Model::new(network, &weights, &device)?.training_in(spec.train.precision());
        let is_new = state.evaluated.is_none();
        let mut run = Self {
            material,
            spec,
            directory,
            checkpoints,
            log,
            pictures,
            loss,
            device,
            initial,
            matches,
            spans,
            model,
            optimizer,
            state,
            since: Instant::now(),
            is_alone,
        };
        run.tune()?;
        if is_new {
            run.state.frozen = frozen::digests(&run.model);
        }
        Ok(run)
    }

    /// Makes the model train as the present phase says.
    fn tune(&mut self) -> Result<(), RunFailure> {
        let network = self.model.network().clone();
        let Some(phase) = self.spec.regime.phases.get(self.state.phase) else {
            return Ok(());
        };
        let mut tuning = Tuning::of(phase, &network)?;
        if let Some(penalty) = phase.l2_sp {
            let (matches, initial) = (&self.matches, &self.initial);
            tuning = tuning.pulled(penalty, &network, matches, initial)?;
        }
        self.model.tune(tuning);
        Ok(())
    }

    /// Begins the next phase if the next step belongs to it: with a fresh optimiser, and after
    /// what the present one froze was found unmoved.
    fn enter_phase(&mut self) -> Result<(), RunFailure> {
        let next = self.spans.get(self.state.phase + 1);
        if next.is_none_or(|span| self.state.step < span.start) {
            return Ok(());
        }
        self.verify_frozen()?;
        self.state.phase += 1;
        self.state.stale = 0;
        self.optimizer = self.spec.train.optimizer();
        self.tune()?;
        self.state.frozen = frozen::digests(&self.model);
        Ok(())
    }

    fn verify_frozen(&self) -> Result<(), RunFailure> {
        let tensors = frozen::moved(&self.model, &self.state.frozen);
        match tensors.is_empty() {
            true => Ok(()),
            false => Err(RunFailure::Moved {
                when: format!("in phase {}", self.state.phase + 1),
                tensors,
            }),
        }
    }

    /// Learning rate of step `step`, counted from 0, of the present phase.
    fn lr(&self, step: u64) -> f64 {
        let phase = self.spec.regime.phases.get(self.state.phase);
        self.spec.train.schedule.lr(step) * phase.map_or(1.0, |phase| phase.lr)
    }

    /// One training step; returns its loss.
    fn step(&mut self, batch: Batch) -> Result<f32, RunFailure> {
        let network = self.model.network();
        let pixels = place(batch.pixels, batch.labels.len(), network);
        let (logits, tape) = self.model.forward_train(pixels);
        let device = self.device.clone().autodiff();
        let of = |logits| self.loss.of(logits, &batch.labels, &device);
        let loss = match logits.auxiliary {
            Some(auxiliary) => of(logits.main) + of(auxiliary) * AUXILIARY_WEIGHT,
            None => of(logits.main),
        };
        let value: f32 = loss.clone().into_scalar();
        if !value.is_finite() {
            return Err(RunFailure::Diverged {
                step: self.state.step + 1,
                loss: value,
            });
        }
        let lr = self.lr(self.state.step);
        self.optimizer.step(&mut self.model, loss, tape, lr);
        self.state.step += 1;
        self.state.loss_sum += f64::from(value);
        Ok(value)
    }

    /// Evaluates on the validation partition, logs it, and keeps the weights if they are the best.
    fn evaluate(&mut self, progress: &dyn RunProgress) -> Result<(), RunFailure> {
        let plan = &self.material.plan;
        let step = self.state.step;
        if !self.model.is_finite() {
            return Err(RunFailure::Diverged {
                step,
                loss: f32::NAN,
            });
        }
        let predictions = self.predictions(&self.model, Partition::Validation)?;
        let undefined = |source| RunFailure::Undefined { step, source };
        let classes = plan.data.described.classes.len();
        let auc = plan
            .data
            .headline
            .auc(&predictions.probabilities, &predictions.labels, classes)
            .map_err(undefined)?;
        let metrics = test_metrics(&plan.data, &predictions);
        let steps_since = step - self.state.evaluated.unwrap_or(0);
        self.log.append(&Evaluation {
            step,
            images: step * self.spec.train.batch_size.min(self.pictures.examples.len()) as u64,
            lr: self.lr(step.saturating_sub(1)),
            train_loss: (steps_since > 0).then(|| self.state.loss_sum / steps_since as f64),
            validation_auc: auc,
            validation_loss: metrics.log_loss.unwrap_or(f64::MAX),
        })?;
        progress.evaluated(step, auc);
        self.state.evaluated = Some(step);
        self.state.loss_sum = 0.0;
        if self
            .state
            .best
            .as_ref()
            .is_none_or(|best| auc > best.validation_auc)
        {
            let file = self.checkpoints.write_best(step, &self.model.weights())?;
            self.state.best = Some(Best {
                step,
                validation_auc: auc,
                file,
            });
            self.state.stale = 0;
        } else {
            self.state.stale += 1;
        }
        Ok(())
    }

    /// Only the last phase can end early: a regime is worth nothing before it has come to its end.
    fn is_out_of_patience(&self) -> bool {
        let is_last = self.state.phase + 1 == self.spans.len();
        is_last && self.spec.train.patience > 0 && self.state.stale >= self.spec.train.patience
    }

    fn predictions(
        &self,
        model: &Model,
        partition: Partition,
    ) -> Result<Predictions, UnreadableImage> {
        let data = &self.material.plan.data;
        let examples = data.partition(partition);
        let samples = self.material.cache.frame().samples();
        let probabilities = predict(model, &self.pictures.feed, data.task, examples, samples)?;
        Ok(Predictions::new(
            &self.material.dataset,
            examples,
            probabilities,
        ))
    }

    /// Writes a checkpoint, with the time worked so far.
    fn save(&mut self) -> Result<(), StudyError> {
        self.state.seconds += self.since.elapsed().as_secs_f64();
        self.since = Instant::now();
        self.checkpoints.write(
            &self.state,
            &self.model.weights(),
            &self.optimizer.state.to_weights(),
        )
    }

    /// Predicts with the best weights and writes the record, its result last.
    fn finish(mut self) -> Result<(), RunFailure> {
        let Some(best) = self.state.best.clone() else {
            return Err(RunFailure::Diverged {
                step: self.state.step,
                loss: f32::NAN,
            });
        };
        let plan = &self.material.plan;
        let weights = self.checkpoints.best(&best)?;
        let network = self.model.network().clone();
        self.verify_frozen()?;
        let tensors = frozen::differing(&self.spec.regime, &network, &self.initial, &weights)?;
        if !tensors.is_empty() {
            let when = "between the start and the tested model".into();
            return Err(RunFailure::Moved { when, tensors });
        }
        let frozen = frozen::summary(&self.spec.regime, &network)?;
        let model = Model::new(network, &weights, &self.device)?;
        let validation = self.predictions(&model, Partition::Validation)?;
        let asked = Instant::now();
        let test = self.predictions(&model, Partition::Test)?;
        let inference = InferenceTiming {
            seconds: asked.elapsed().as_secs_f64(),
            images: test.images.len(),
        };
        Predictions::write(
            &self.directory.file("predictions.csv"),
            plan.data.task,
            &plan.data.described.classes,
            &[
                (Partition::Validation, &validation),
                (Partition::Test, &test),
            ],
        )?;
        write(
            &self.directory.file("model.safetensors"),
            &weights.to_bytes(None),
        )?;
        write(
            &self.directory.file("initial_filters.safetensors"),
            &first_filters(self.model.network(), &self.initial).to_bytes(None),
        )?;
        self.state.seconds += self.since.elapsed().as_secs_f64();
        let images =
            self.state.step * self.spec.train.batch_size.min(self.pictures.examples.len()) as u64;
        write_json(
            &self.directory.file("timing.json"),
            &RunTiming {
                seconds: self.state.seconds,
                images,
                threads: Some(rayon::current_num_threads()),
                inference: Some(inference),
                peak_mib: self.is_alone.then(memory::peak_mib).flatten(),
            },
        )?;
        let mut metrics = test_metrics(&plan.data, &test);
        metrics.run = self.spec.number;
        metrics.seed = self.spec.seed;
        metrics.best_step = best.step;
        metrics.steps = self.state.step;
        let ending = if self.is_out_of_patience() && self.state.step < self.spec.train.max_steps {
            Ending::Patience
        } else {
            Ending::Budget
        };
        let result = RunResult {
            id: self.spec.id.clone(),
            ending,
            frozen,
            validation_auc: best.validation_auc,
            test: metrics,
        };
        write_json(&self.directory.file("result.json"), &result)?;
        self.checkpoints.clear()?;
        Ok(())
    }
}
