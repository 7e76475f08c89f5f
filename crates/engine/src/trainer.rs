//! A model in training.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernels::{MapShape, Precision};
use networks::{HostTensor, NetworkError, Parameter, Weights, WeightsError};
use regimes::Tuning;

use crate::descent::Descent;
use crate::executor::Step;
use crate::lower::{Mode, Objective, Part, Training, lower};
use crate::maps::Maps;
use crate::model::Model;
use crate::pictures::Pictures;
use crate::program::{Kept, Program};

/// What the logits of a batch are held against, each number with its share of the mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// Classes that exclude each other, `[batch, classes]`.
    Classes(Vec<f32>),
    /// Findings, `[2, batch, classes]`: present, then absent.
    Findings(Vec<f32>),
    /// The gradients of the logits themselves, `[batch, classes]` of the head, then of an auxiliary
    /// head if the network has one. There is no loss then: it reads 0.
    Gradients(Vec<Vec<f32>>),
}

impl Targets {
    fn objective(&self) -> Objective {
        match self {
            Self::Classes(_) => Objective::CrossEntropy,
            Self::Findings(_) => Objective::BinaryCrossEntropy,
            Self::Gradients(_) => Objective::Given,
        }
    }
}

/// Steps taken and the moments of every trained tensor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Momentum {
    /// Updates made so far.
    pub step: u64,
    /// The moments and averages as host tensors, `moment<i>/<path>` and `average/<path>`.
    pub moments: Weights,
}

/// A model in training: what is trained, how, and how far it is.
#[derive(Debug)]
pub struct Trainer {
    model: Model,
    tuning: Arc<Tuning>,
    descent: Descent,
    precision: Precision,
    step: u64,
    /// Seed of what is left out at random.
    seed: u64,
    /// Number of the next step's first picture in the sequence of all epochs.
    first: u64,
    /// Steps on the device whose losses have not been told.
    queued: usize,
    programs: Vec<((MapShape, Objective), Arc<Program>)>,
}

impl Trainer {
    /// Steps that a device may be behind.
    pub const AHEAD: usize = 2;

    /// Trains everything in `model`, products rounded to `precision`; inference stays `f32`.
    pub fn new(model: Model, descent: Descent, precision: Precision) -> Self {
        Self {
            tuning: Tuning::full(model.network()).into(),
            model,
            descent,
            precision,
            step: 0,
            seed: 0,
            first: 0,
            queued: 0,
            programs: Vec::new(),
        }
    }

    /// From now on trains as `tuning`, made for this network, says.
    pub fn tune(&mut self, tuning: impl Into<Arc<Tuning>>) {
        self.tuning = tuning.into();
        self.programs.clear();
        let executor = &mut self.model.device_mut().executor;
        executor.forget(&|kept| matches!(kept, Kept::Start(_)));
        for (path, pull) in self.tuning.pulls() {
            if let Some(start) = &pull.towards {
                executor.put(&Kept::Start(path.into()), start.clone());
            }
        }
    }

    /// What training does with each tensor.
    pub fn tuning(&self) -> &Arc<Tuning> {
        &self.tuning
    }

    /// The model as it is now.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Begins with an optimiser that has seen nothing.
    pub fn restart(&mut self) {
        self.resume(&Momentum::default());
    }

    /// Goes on where `momentum` was taken.
    pub fn resume(&mut self, momentum: &Momentum) {
        self.step = momentum.step;
        let executor = &mut self.model.device_mut().executor;
        executor.forget(&|kept| matches!(kept, Kept::Moment(..) | Kept::Average(_)));
        for (name, tensor) in &momentum.moments.tensors {
            let number = name.strip_prefix("moment").and_then(|n| n.split_once('/'));
            if let Some((number, path)) = number
                && let Ok(number) = number.parse()
            {
                executor.put(&Kept::Moment(path.into(), number), tensor.values.clone());
            } else if let Some(path) = name.strip_prefix("average/") {
                executor.put(&Kept::Average(path.into()), tensor.values.clone());
            }
        }
    }

    /// From now on what is left out at random is drawn with `seed`, for pictures from number `first`
    /// on of the sequence of all epochs: each step goes on behind the pictures of the one before.
    pub fn draw_from(&mut self, seed: u64, first: u64) {
        self.seed = seed;
        self.first = first;
    }

    /// Puts the averages of what moves in the place of the weights, and the weights in theirs: a
    /// second time, everything is as before. Nothing changes where nothing is averaged, or no step
    /// was taken.
    pub fn exchange(&mut self) {
        if self.tuning.average().is_none() || self.step == 0 {
            return;
        }
        let network = self.model.network().clone();
        let executor = &mut self.model.device_mut().executor;
        for Parameter { path, .. } in network.parameters() {
            let [tensor, average] = [Kept::Tensor(path.clone()), Kept::Average(path)];
            if let Some(averaged) = executor.kept(&average)
                && let Some(values) = executor.kept(&tensor)
            {
                executor.put(&tensor, averaged);
                executor.put(&average, values);
            }
        }
    }

    /// How far the optimiser is.
    pub fn momentum(&self) -> Momentum {
        let executor = &self.model.device().executor;
        let mut tensors = BTreeMap::new();
        for parameter in self.model.network().parameters() {
            let path = &parameter.path;
            let moments = (0..self.descent.moments()).map(|number| {
                let name = format!("moment{number}/{path}");
                (name, Kept::Moment(path.clone(), number))
            });
            let average = (format!("average/{path}"), Kept::Average(path.clone()));
            for (name, kept) in moments.chain([average]) {
                if let Some(values) = executor.kept(&kept) {
                    let shape = vec![values.len()];
                    tensors.insert(name, HostTensor { shape, values });
                }
            }
        }
        Momentum {
            step: self.step,
            moments: Weights { tensors },
        }
    }

    /// Takes the memory of inference on `inference` and of steps on `input` now, before anything
    /// lies in its way: the two take turns in it.
    ///
    /// # Panics
    /// Panics where the network's layers do not fit: whoever made it has checked.
    pub fn reserve(
        &mut self,
        inference: MapShape,
        input: MapShape,
        objective: Objective,
    ) -> Result<(), NetworkError> {
        let program = self.program(input, objective)?;
        self.model.reserve(inference);
        self.model.device_mut().executor.enter(&program);
        Ok(())
    }

    /// Goes on with other weights of the same network, and an optimiser that has seen nothing.
    pub fn replace(&mut self, weights: &Weights) -> Result<(), WeightsError> {
        self.restart();
        self.model.put(weights)
    }

    /// The program of a step on `input`, without running it.
    pub fn program(
        &mut self,
        input: MapShape,
        objective: Objective,
    ) -> Result<Arc<Program>, NetworkError> {
        let key = (input, objective);
        if let Some((_, program)) = self.programs.iter().find(|(known, _)| *known == key) {
            return Ok(program.clone());
        }
        let network = self.model.network();
        let part = Part {
            blocks: 0..network.blocks.len(),
            input,
        };
        let training = Training {
            tuning: &self.tuning,
            precision: self.precision,
            objective,
            descent: self.descent,
        };
        let program = Arc::new(lower(network, &part, &Mode::Training(training))?);
        self.programs.push((key, program.clone()));
        Ok(program)
    }

    /// One update of every trained tensor by its gradient in the loss of pixels
    /// `[batch, channels, height, width]`, or of pictures that the device holds, at learning rate `lr` times the factor of the tuning,
    /// whose penalty is added to the gradient; batch norms use the batch, and their running
    /// statistics follow it. Returns the loss, in nats; where it is no finite number, no weight has
    /// moved.
    ///
    /// # Panics
    /// Panics where the network's layers do not fit the pictures: whoever made it has checked.
    pub fn step<'a>(
        &mut self,
        pictures: impl Into<Pictures<'a>>,
        targets: &Targets,
        lr: f64,
    ) -> f32 {
        let first = self.advance(pictures, targets, lr);
        let rest = self.settle();
        rest.last().copied().or(first).unwrap_or(f32::NAN)
    }

    /// As [`step`](Self::step), where what is minimised is worked out by `judge`. It is shown what
    /// leaves block number `inner`, `[batch, channels, height, width]`, and the logits,
    /// `[batch, classes, 1, 1]`, of the batch in training, and returns the loss and its gradient by the
    /// logits, `[batch, classes]`. What it saw of the block counts as constant: gradients pass through
    /// the logits alone. An auxiliary head has no part.
    ///
    /// # Panics
    /// As [`step`](Self::step), and where the network has no such block.
    pub fn step_judged<'a>(
        &mut self,
        pictures: impl Into<Pictures<'a>>,
        inner: usize,
        judge: impl FnOnce(&Maps, &Maps) -> (f32, Vec<f32>),
        lr: f64,
    ) -> f32 {
        let pictures = pictures.into();
        let shape = pictures.shape(self.model.network().input);
        let program = self.program(shape, Objective::Given);
        let program = program.unwrap_or_else(|error| panic!("{error}"));
        let step = Step {
            lr,
            number: self.step + 1,
        };
        let device = self.model.device_mut();
        device.begin(&program, pictures);
        let block = program.blocks[inner];
        device.executor.run(0..block.end, step);
        let seen = device.maps(&program, block.output);
        device.executor.run(block.end..program.forward, step);
        let logits = device.maps(&program, program.logits[0]);
        let (loss, gradient) = judge(&seen, &logits);
        if loss.is_finite() {
            device.executor.upload(program.given[0], &gradient);
            let end = program.instructions.len();
            device.executor.run(program.forward..end, step);
            self.step += 1;
        }
        loss
    }

    /// As [`step`](Self::step), but a device that works beside the processor is not waited for:
    /// returns the loss of the oldest step that has not been told, once there are more than
    /// [`AHEAD`](Self::AHEAD) of them. The processor tells its own loss at once. What the model is
    /// may only be asked after [`settle`](Self::settle).
    ///
    /// # Panics
    /// As [`step`](Self::step).
    pub fn advance<'a>(
        &mut self,
        pictures: impl Into<Pictures<'a>>,
        targets: &Targets,
        lr: f64,
    ) -> Option<f32> {
        let pictures = pictures.into();
        let shape = pictures.shape(self.model.network().input);
        let program = self.program(shape, targets.objective());
        let program = program.unwrap_or_else(|error| panic!("{error}"));
        let device = self.model.device_mut();
        device.begin(&program, pictures);
        match (targets, program.targets) {
            (Targets::Classes(values) | Targets::Findings(values), Some(buffer)) => {
                device.executor.upload(buffer, values);
            }
            (Targets::Gradients(all), _) => {
                for (buffer, values) in program.given.iter().zip(all) {
                    device.executor.upload(*buffer, values);
                }
            }
            (Targets::Classes(_) | Targets::Findings(_), None) => {}
        }
        for mask in &program.masks {
            let channels = program.buffer(mask.factors).map().channels;
            let factors = mask.draw(self.seed, self.first, shape.batch, channels);
            device.executor.upload(mask.factors, &factors);
        }
        self.first += shape.batch as u64;
        let step = Step {
            lr,
            number: self.step + 1,
        };
        if device.executor.queue(step) {
            self.step += 1;
            self.queued += 1;
            return (self.queued > Self::AHEAD).then(|| self.told());
        }
        device.executor.run(0..program.forward, step);
        let mut loss = 0.0;
        for share in &program.losses {
            loss += share.weight * device.executor.download(share.loss)[0];
        }
        if loss.is_finite() {
            let end = program.instructions.len();
            device.executor.run(program.forward..end, step);
            self.step += 1;
        }
        Some(loss)
    }

    /// Waits for all steps, and tells the losses that have not been told, oldest first.
    pub fn settle(&mut self) -> Vec<f32> {
        (0..self.queued).map(|_| self.told()).collect()
    }

    /// The loss of the oldest queued step.
    fn told(&mut self) -> f32 {
        self.queued -= 1;
        let loss = self.model.device_mut().executor.loss();
        if !loss.is_finite() {
            // It moved nothing, and was no step.
            self.step -= 1;
        }
        loss
    }

    /// The model, trained.
    pub fn into_model(self) -> Model {
        self.model
    }
}
