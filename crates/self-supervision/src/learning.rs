//! The learning: pairs of views, steps, looks, checkpoints.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use durable::{FileError, JsonFile, JsonLog};
use engine::{Descent, Maps, Model, Momentum, Trainer};
use images::batches::step_indices;
use images::{Augmentation, Feed, Normalisation, UnreadableImage};
use initialisation::{Initialisation, initialise};
use kernels::Precision;
use networks::Weights;
use networks::zoo::Choice;
use rayon::prelude::*;
use record::{Checkpoint, CheckpointState, Checkpoints, JobDirectory};
use serde::{Deserialize, Serialize};
use streams::stream;
use study::{DataSpec, NUMERICS, Normalise, OpenData, TrainPlan, TrainSpec};

use crate::error::SelfSupervisionError;
use crate::look::Look;
use crate::neighbours::Neighbours;
use crate::siamese::Siamese;
use crate::sim_siam::SimSiam;
use crate::unused::refuse_unused;
use crate::views::Views;

/// Seed of all draws: one network leaves a pretraining.
const SEED: u64 = 0;

/// All that the weights depend on, in the directory of the learning.
const SETTINGS: JsonFile<Settings> = JsonFile::new("settings.json");
/// The looks, a line each.
const LOOKS: &str = "looks.jsonl";

/// All that the weights depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    numerics: u32,
    model: Choice,
    simsiam: SimSiam,
    train: TrainPlan,
    augment: Augmentation,
    normalisation: Normalisation,
    channels: usize,
    data_sha256: String,
    split: String,
}

/// A network that is to learn from the training pictures of some data, without their labels.
pub struct Learning<'a> {
    data: &'a OpenData,
    settings: Settings,
    siamese: Siamese,
    views: Views,
    feed: Feed,
    neighbours: Option<Neighbours>,
}

/// What was learned.
#[derive(Clone, Debug)]
pub struct Learned {
    /// The tensors of the network but those of its classifier, which has learned nothing.
    pub weights: Weights,
    /// The last look.
    pub look: Look,
    /// Validation pictures that the look asked about; none where the labels are not exclusive classes.
    pub asked: Option<usize>,
    /// Share of them that are of the most frequent class.
    pub majority: Option<f64>,
}

impl<'a> Learning<'a> {
    /// The network `model` on the training pictures of `data`, which `spec` describes.
    pub fn new(
        model: &Choice,
        simsiam: &SimSiam,
        train: &TrainSpec,
        spec: &DataSpec,
        data: &'a OpenData,
    ) -> Result<Self, SelfSupervisionError> {
        simsiam.check()?;
        refuse_unused(train)?;
        let train = TrainPlan::check(train)?;
        let found = data.split.train.len();
        if found < 2 {
            return Err(SelfSupervisionError::TooFew { found });
        }
        let channels = data.described.channels;
        let normalisation = match spec.normalise {
            Normalise::None => Normalisation::identity(channels),
            Normalise::Weights | Normalise::Data => data.cache.normalisation(&data.split.train),
        };
        let siamese = Siamese::new(model, data.described.input(), simsiam)?;
        let feed = Feed::new(
            data.cache.clone(),
            &data.dataset,
            normalisation.clone(),
            Augmentation::default(),
        );
        Ok(Self {
            views: Views::new(simsiam, data.cache.frame(), &spec.augment),
            neighbours: Neighbours::new(&data.dataset, &data.split),
            settings: Settings {
                numerics: NUMERICS,
                model: model.clone(),
                simsiam: simsiam.clone(),
                train,
                augment: spec.augment.clone(),
                normalisation,
                channels,
                data_sha256: data.described.sha256.clone(),
                split: data.split.id.clone(),
            },
            data,
            siamese,
            feed,
        })
    }

    /// How pixels are scaled.
    pub fn normalisation(&self) -> &Normalisation {
        &self.settings.normalisation
    }

    /// Training steps.
    pub fn steps(&self) -> u64 {
        self.settings.train.max_steps
    }

    /// Learns, or goes on from the last look that `directory` has a checkpoint of, and shows `see`
    /// every look. None once `stop` is set: the next time it goes on. What is learned is a pure function
    /// of settings and pictures, whatever the interruptions and the number of threads.
    pub fn learn(
        &self,
        directory: &Path,
        stop: &AtomicBool,
        mut see: impl FnMut(&Look),
    ) -> Result<Option<Learned>, SelfSupervisionError> {
        self.claim(directory)?;
        let checkpoints = Checkpoints::new(&JobDirectory::new(directory));
        checkpoints.make()?;
        let log: JsonLog<Look> = JsonLog::new(directory.join(LOOKS));
        let (mut trainer, start) = self.trainer(&checkpoints)?;
        log.retain(|look| Some(look.step) <= start)?;
        let train = &self.settings.train;
        let mut step = start.unwrap_or(0);
        if start.is_none() {
            let look = self.look(&trainer, 0, [0.0; 2], 0)?;
            self.keep(&look, &trainer, &checkpoints, &log)?;
            see(&look);
        }
        let (mut sums, mut since) = ([0.0; 2], 0);
        while step < train.max_steps {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let pixels = self.views_of(step)?;
            let found = self
                .siamese
                .step(&mut trainer, &pixels, train.schedule.lr(step));
            if !found.loss.is_finite() {
                return Err(SelfSupervisionError::Diverged { step });
            }
            step += 1;
            since += 1;
            sums[0] += found.loss;
            sums[1] += found.spread;
            if train.evaluates_at(step) {
                let look = self.look(&trainer, step, sums, since)?;
                self.keep(&look, &trainer, &checkpoints, &log)?;
                see(&look);
                (sums, since) = ([0.0; 2], 0);
            }
        }
        let look = match log.read()?.pop() {
            Some(look) => look,
            None => self.look(&trainer, step, sums, since)?,
        };
        Ok(Some(Learned {
            weights: self.siamese.own(trainer.model().weights()),
            look,
            asked: self.neighbours.as_ref().map(Neighbours::asked),
            majority: self.neighbours.as_ref().map(Neighbours::majority),
        }))
    }

    /// Makes `directory` that of this learning, if it is not that of another.
    fn claim(&self, directory: &Path) -> Result<(), SelfSupervisionError> {
        std::fs::create_dir_all(directory).map_err(FileError::io("create", directory))?;
        match SETTINGS.read(directory)? {
            Some(settings) if settings == self.settings => Ok(()),
            Some(_) => Err(SelfSupervisionError::Other {
                path: directory.into(),
            }),
            None => Ok(SETTINGS.write(directory, &self.settings)?),
        }
    }

    /// The trainer at the newest checkpoint with its step, or at the beginning.
    fn trainer(
        &self,
        checkpoints: &Checkpoints,
    ) -> Result<(Trainer, Option<u64>), SelfSupervisionError> {
        let network = self.siamese.network();
        let (weights, momentum, step) = match checkpoints.newest()? {
            Some(Checkpoint {
                state,
                model,
                moments,
            }) => {
                let step = state.step;
                (model, Momentum { step, moments }, Some(step))
            }
            None => {
                let streams = |path: &str| stream(SEED, &format!("init/{path}"), 0);
                let random = Initialisation::random();
                let (weights, _) = initialise(network, &random, None, &streams)?;
                (weights, Momentum::default(), None)
            }
        };
        let model = Model::new(network.clone().into(), &weights)?;
        let train = &self.settings.train;
        let descent = Descent {
            rule: train.rule,
            weight_decay: train.weight_decay,
        };
        let mut trainer = Trainer::new(model, descent, Precision::Single);
        trainer.resume(&momentum);
        Ok((trainer, step))
    }

    /// The views of the pictures of a step, normalised, the first ones of all before the second ones:
    /// `[2 pictures, channels, height, width]`.
    fn views_of(&self, step: u64) -> Result<Maps, UnreadableImage> {
        let train = &self.data.split.train;
        let indices = step_indices(train, self.settings.train.batch_size, SEED, step);
        let first = step * indices.len() as u64;
        let samples = self.data.cache.frame().samples();
        let mut pixels = vec![0.0; 2 * indices.len() * samples];
        let made: Vec<Result<(), UnreadableImage>> = pixels
            .par_chunks_exact_mut(samples)
            .enumerate()
            .map(|(row, pixels)| {
                let (view, place) = (row / indices.len(), row % indices.len());
                self.data.cache.load(indices[place], pixels)?;
                let number = 2 * (first + place as u64) + view as u64;
                self.views.change(pixels, &mut stream(SEED, "view", number));
                self.settings.normalisation.apply(pixels);
                Ok(())
            })
            .collect();
        // The first failure by position, whichever thread was first.
        made.into_iter().collect::<Result<(), _>>()?;
        let input = self.siamese.network().input;
        Ok(Maps::new(input.batch(2 * indices.len()), pixels))
    }

    /// Looks after `step` steps, `since` of them since the last look, over which loss and spread sum
    /// to `sums`.
    fn look(
        &self,
        trainer: &Trainer,
        step: u64,
        sums: [f64; 2],
        since: u64,
    ) -> Result<Look, SelfSupervisionError> {
        let neighbours = match &self.neighbours {
            Some(neighbours) => {
                let block = self.siamese.features();
                Some(neighbours.accuracy(trainer.model(), &self.feed, block)?)
            }
            None => None,
        };
        let mean = |sum: f64| (since > 0).then(|| sum / since as f64);
        Ok(Look {
            step,
            loss: mean(sums[0]),
            spread: mean(sums[1]),
            neighbours,
        })
    }

    /// Logs a look, then keeps everything that going on from it takes.
    fn keep(
        &self,
        look: &Look,
        trainer: &Trainer,
        checkpoints: &Checkpoints,
        log: &JsonLog<Look>,
    ) -> Result<(), SelfSupervisionError> {
        log.append(look)?;
        let state = CheckpointState {
            step: look.step,
            evaluated: Some(look.step),
            ..CheckpointState::default()
        };
        let weights = trainer.model().weights();
        Ok(checkpoints.write(&state, &weights, &trainer.momentum().moments)?)
    }
}
