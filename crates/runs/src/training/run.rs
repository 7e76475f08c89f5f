//! One run: initialise or resume, train, evaluate, keep the best, record.

mod ending;
mod steps;

use std::ops::Range;
use std::sync::Arc;

use durable::JsonLog;
use engine::{Model, Momentum, Trainer};
use images::{Label, Loader, UnreadableImage};
use initialisation::MatchReport;
use networks::Weights;
use record::metrics::{Judged, log_loss};
use record::names::{MATCHES, METRICS, RUN_SPEC};
use record::{
    Best, BestWeights, Checkpoint, CheckpointState, CheckpointWriter, Checkpoints, Evaluation,
    JobDirectory, Predictions, RecordError,
};
use regimes::Tuning;
use study::{PrecisionName, RunSpec, spans};

use super::descent::descent;
use super::effort::Effort;
use super::failure::RunFailure;
use super::first_filters::write_gabor;
use super::frozen;
use super::gallery::{self, Steps};
use super::initial::grow;
use super::loss::{Loss, objective};
use super::pictures::TrainingPictures;
use super::prediction::{predict, predict_held};
use super::products::of_products;
use super::supply::Supply;
use crate::event::Event;
use crate::footprint::Batches;
use crate::memory;
use crate::work::Work;

/// How a job that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its result is written.
    Done,
    /// It was asked to stop, and goes on from what it has written, or begins anew, next time.
    Interrupted,
}

/// Trains `spec` in `precision` to its end or until it is asked to stop. A run that was interrupted goes on from
/// its newest checkpoint, in the precision that it began in, and leaves the same bytes as one that was not.
pub fn train(
    spec: &RunSpec,
    precision: PrecisionName,
    supply: &Supply,
    directory: &JobDirectory,
    work: &Work,
) -> Result<End, RunFailure> {
    supply.check(spec)?;
    RUN_SPEC.write(directory.path(), spec)?;
    if work.is_alone {
        memory::forget_peak();
    }
    let mut run = Run::open(spec, precision, supply, directory, work)?;
    work.started(run.state.step);
    if run.state.evaluated.is_none() {
        run.evaluate()?;
        run.save()?;
    }
    let train = &spec.train;
    let remaining = run.state.step..train.max_steps;
    for batch in run.batches(remaining) {
        if run.is_out_of_patience() {
            break;
        }
        if work.is_stopped() {
            run.settle()?;
            run.save()?;
            run.writer.wait()?;
            return Ok(End::Interrupted);
        }
        run.enter_phase()?;
        let (pictures, labels) = batch?;
        run.step(pictures.as_pictures(), &labels)?;
        let step = run.state.step;
        if train.evaluates_at(step) {
            run.evaluate()?;
            run.save()?;
        } else if train.looks_at(step) {
            run.look()?;
        }
    }
    run.finish()?;
    Ok(End::Done)
}

struct Run<'a> {
    spec: &'a RunSpec,
    supply: &'a Supply<'a>,
    directory: &'a JobDirectory,
    work: &'a Work<'a>,
    checkpoints: Checkpoints,
    writer: CheckpointWriter,
    /// Weights of a new best evaluation that no checkpoint refers to yet.
    new_best: Option<BestWeights>,
    log: JsonLog<Evaluation>,
    pictures: TrainingPictures,
    /// Whether the device makes batches of pictures that it holds.
    is_held: bool,
    loss: Loss,
    initial: Weights,
    matches: MatchReport,
    /// Steps of each phase.
    spans: Vec<Range<u64>>,
    trainer: Trainer,
    state: CheckpointState,
    /// The last step whose loss was heard.
    heard: u64,
    effort: Effort,
}

impl<'a> Run<'a> {
    fn open(
        spec: &'a RunSpec,
        precision: PrecisionName,
        supply: &'a Supply<'a>,
        directory: &'a JobDirectory,
        work: &'a Work<'a>,
    ) -> Result<Self, RunFailure> {
        let pictures = TrainingPictures::of(supply, spec);
        let labels = pictures.examples.iter();
        let labels: Vec<&Label> = labels.map(|i| &supply.dataset.examples[*i].label).collect();
        let (network, mut initial, matches) = pictures.start(supply, spec)?.weights()?;
        let network = Arc::unwrap_or_clone(network);
        let network = Arc::new(grow(spec, network, &mut initial, spec.seed)?);
        let loss = Loss::new(
            spec.data.task,
            network.classes,
            spec.train.class_weights,
            &labels,
        );
        work.still_held()?;
        MATCHES.write(directory.path(), &matches)?;
        write_gabor(directory, &matches, &initial)?;
        let checkpoints = Checkpoints::new(directory);
        checkpoints.make()?;
        let log: JsonLog<Evaluation> = JsonLog::new(directory.file(METRICS));
        let spans = spans(&spec.regime, spec.train.max_steps);
        let (mut state, weights, momentum) = match checkpoints.newest()? {
            Some(Checkpoint {
                state,
                model,
                moments,
            }) => {
                let begun = spans.get(state.phase).map_or(0, |span| span.start);
                let steps = state.step.saturating_sub(begun);
                let momentum = Momentum {
                    step: steps,
                    moments,
                };
                (state, model, momentum)
            }
            None => {
                let state = CheckpointState::default();
                (state, initial.clone(), Momentum::default())
            }
        };
        // Who was paused until now would empty the log of who took over.
        work.still_held()?;
        log.retain(|e| Some(e.step) <= state.evaluated)?;
        let batches = match work.device.is_processor() {
            true => Batches::of(spec, supply.split),
            false => Batches::on_device(spec, supply.split),
        };
        let model = Model::on(work.device.executor()?, network, &weights)?;
        drop(weights);
        state.devices.go_on(&work.device.describe());
        let precision = *state.precision.get_or_insert(precision);
        let mut trainer = Trainer::new(model, descent(spec), of_products(precision));
        trainer.resume(&momentum);
        let pictures_of_step = spec.train.batch_size.min(pictures.examples.len()) as u64;
        trainer.draw_from(spec.seed, state.step * pictures_of_step);
        let is_new = state.evaluated.is_none();
        let mut run = Self {
            spec,
            supply,
            directory,
            work,
            writer: CheckpointWriter::new(checkpoints.clone(), state.best.clone()),
            checkpoints,
            new_best: None,
            log,
            pictures,
            is_held: false,
            loss,
            initial,
            matches,
            spans,
            trainer,
            heard: state.step,
            state,
            effort: Effort::start(),
        };
        run.tune()?;
        run.trainer.reserve(
            batches.evaluation,
            batches.training,
            objective(spec.data.task),
        )?;
        // Behind what a step and an evaluation cannot do without.
        run.is_held = gallery::hold(run.trainer.model(), &run.pictures.feed);
        if is_new {
            run.state.frozen = frozen::digests(&run.trainer);
        }
        Ok(run)
    }

    /// Makes the model train as the present phase says.
    fn tune(&mut self) -> Result<(), RunFailure> {
        let network = self.trainer.model().network().clone();
        let Some(phase) = self.spec.regime.phases.get(self.state.phase) else {
            return Ok(());
        };
        let tuning = Tuning::of(phase, &network)?;
        let mut tuning = self.spec.throughout(tuning, &network)?;
        if let Some(penalty) = phase.l2_sp {
            let (matches, initial) = (&self.matches, &self.initial);
            tuning = tuning.pulled(penalty, &network, matches, initial)?;
        }
        self.trainer.tune(tuning);
        Ok(())
    }

    /// Begins the next phase if the next step belongs to it: with a fresh optimiser, and after
    /// what the present one froze was found unmoved.
    fn enter_phase(&mut self) -> Result<(), RunFailure> {
        let next = self.spans.get(self.state.phase + 1);
        if next.is_none_or(|span| self.state.step < span.start) {
            return Ok(());
        }
        self.settle()?;
        self.verify_frozen()?;
        self.state.phase += 1;
        self.state.stale = 0;
        self.trainer.restart();
        self.tune()?;
        self.state.frozen = frozen::digests(&self.trainer);
        Ok(())
    }

    fn verify_frozen(&self) -> Result<(), RunFailure> {
        let tensors = frozen::moved(self.trainer.model(), &self.state.frozen);
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

    /// The pictures of some steps.
    fn batches(&self, steps: Range<u64>) -> Steps {
        let TrainingPictures { feed, examples } = &self.pictures;
        let (size, seed) = (self.spec.train.batch_size, self.spec.seed);
        match self.is_held && feed.only_places() {
            true => gallery::placed(Loader::placements(feed, examples, size, seed, steps)),
            false => {
                let input = self.trainer.model().network().input;
                let loader = Loader::training(feed, examples, size, seed, steps, 1);
                gallery::pixels(loader, input)
            }
        }
    }

    /// Looks at the weights, or at their average where the run has one.
    fn look(&mut self) -> Result<Option<f64>, RunFailure> {
        self.settle()?;
        self.trainer.exchange();
        let auc = self.look_at_present();
        self.trainer.exchange();
        auc
    }

    /// Evaluates on the validation pictures that are looked at and logs it: the AUC; none where weights or predictions
    /// are not finite, of which nothing is logged.
    fn look_at_present(&mut self) -> Result<Option<f64>, RunFailure> {
        let data = &self.spec.data;
        let step = self.state.step;
        if !self.trainer.model().is_finite() {
            return Ok(None);
        }
        let predictions = self.predictions(self.supply.split.looked_at())?;
        if predictions.probabilities.iter().any(|p| !p.is_finite()) {
            return Ok(None);
        }
        let undefined = |source| RunFailure::Undefined { step, source };
        let auc = data
            .headline
            .auc(
                &predictions.probabilities,
                &predictions.labels,
                data.classes.len(),
            )
            .map_err(undefined)?;
        let validation_loss = log_loss(&Judged {
            data,
            predictions: &predictions,
        });
        let steps_since = step - self.state.evaluated.unwrap_or(0);
        self.work.still_held()?;
        self.log.append(&Evaluation {
            step,
            images: step * self.spec.train.batch_size.min(self.pictures.examples.len()) as u64,
            lr: self.lr(step.saturating_sub(1)),
            train_loss: (steps_since > 0).then(|| self.state.loss_sum / steps_since as f64),
            validation_auc: auc,
            validation_loss: validation_loss.unwrap_or(f64::MAX),
        })?;
        self.work.tell(Event::Evaluated { step, auc });
        self.state.evaluated = Some(step);
        self.state.loss_sum = 0.0;
        Ok(Some(auc))
    }

    /// The same, and keeps the weights if they are the best.
    fn evaluate(&mut self) -> Result<(), RunFailure> {
        let step = self.state.step;
        let loss = f32::NAN;
        let auc = self.look()?.ok_or(RunFailure::Diverged { step, loss })?;
        if self
            .state
            .best
            .as_ref()
            .is_none_or(|best| auc > best.validation_auc)
        {
            // No more than one checkpoint is in memory.
            self.writer.wait()?;
            self.trainer.exchange();
            let weights = BestWeights::new(step, &self.trainer.model().weights());
            self.trainer.exchange();
            self.state.best = Some(Best {
                step,
                validation_auc: auc,
                file: weights.file.clone(),
            });
            self.new_best = Some(weights);
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

    /// Of the weights as they are now.
    fn predictions(&self, examples: &[usize]) -> Result<Predictions, UnreadableImage> {
        let model = self.trainer.model();
        let samples = self.supply.cache.frame().samples();
        let task = self.spec.data.task;
        let predict = if self.is_held { predict_held } else { predict };
        let probabilities = predict(model, &self.pictures.feed, task, examples, samples)?;
        Ok(Predictions::new(
            self.supply.dataset,
            examples,
            probabilities,
        ))
    }

    /// Of every named test set.
    fn named_predictions(&self) -> Result<Vec<(&'a str, Predictions)>, UnreadableImage> {
        let sets = self.supply.split.test_sets.iter();
        sets.map(|set| Ok((set.name.as_str(), self.predictions(&set.examples)?)))
            .collect()
    }

    /// Begins to write a checkpoint, with the time worked so far.
    fn save(&mut self) -> Result<(), RecordError> {
        self.work.still_held()?;
        self.writer.wait()?;
        self.effort.add_to(&mut self.state);
        Ok(self.writer.begin(
            self.new_best.take(),
            self.state.clone(),
            self.trainer.model().weights(),
            self.trainer.momentum().moments,
        )?)
    }
}
