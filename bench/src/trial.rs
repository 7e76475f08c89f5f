//! A network about to be timed.

use std::sync::Arc;

use anyhow::bail;
use engine::{
    Cpu, Descent, Executor, Maps, Mode, Model, Objective, Part, Program, Targets, Trainer, lower,
};
use initialisation::{Initialisation, initialise};
use kernels::Precision;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use regimes::{Regime, Rule, Tuning};

use crate::work::{CLASSES, Work};

/// Of every step.
pub const LEARNING_RATE: f64 = 1e-3;
/// As PyTorch's, with momentum.
pub const SGD: Descent = Descent {
    rule: Rule::Sgd {
        momentum: 0.9,
        nesterov: false,
    },
    weight_decay: 0.0,
};
/// As PyTorch's.
pub const ADAM: Descent = Descent {
    rule: Rule::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        decoupled: false,
    },
    weight_decay: 0.0,
};

/// What is done with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// A step of training, of everything.
    Train,
    /// A step of training, of the classifier alone.
    Probe,
    /// A forward pass in inference.
    Infer,
}

impl Pass {
    /// Reads `train`, `probe` or `infer`.
    pub fn parse(word: &str) -> anyhow::Result<Self> {
        Ok(match word {
            "train" => Self::Train,
            "probe" => Self::Probe,
            "infer" => Self::Infer,
            other => bail!("expected `train`, `probe` or `infer`, found `{other}`"),
        })
    }
}

/// A work's network with drawn weights, and a batch of noise whose classes take turns.
pub struct Trial {
    trainer: Trainer,
    pass: Pass,
    pixels: Maps,
    targets: Targets,
}

impl Trial {
    /// The same weights and pixels every time, on the processor, by [`SGD`].
    pub fn new(work: &Work, pass: Pass, precision: Precision) -> anyhow::Result<Self> {
        Self::on(Box::new(Cpu::default()), work, pass, precision, SGD)
    }

    /// The same on a device.
    pub fn on(
        executor: Box<dyn Executor>,
        work: &Work,
        pass: Pass,
        precision: Precision,
        descent: Descent,
    ) -> anyhow::Result<Self> {
        let network = work.network()?;
        let streams = |path: &str| ChaCha8Rng::seed_from_u64(path.bytes().map(u64::from).sum());
        let (weights, _) = initialise(&network, &Initialisation::random(), None, &streams)?;
        let model = Model::on(executor, network.into(), &weights)?;
        let mut trainer = Trainer::new(model, descent, precision);
        if pass == Pass::Probe {
            let regime = Regime::linear_probe();
            let tuning = Tuning::of(&regime.phases[0], trainer.model().network())?;
            trainer.tune(tuning);
        }
        let shape = [work.batch, 3, work.size, work.size];
        Ok(Self {
            trainer,
            pass,
            pixels: Maps::new(shape, noise(shape.iter().product())),
            targets: Targets::Classes(shares(work.batch)),
        })
    }

    /// Does the pass once; returns the loss, or the first logit.
    pub fn step(&mut self) -> f32 {
        match self.pass {
            Pass::Train | Pass::Probe => {
                self.trainer
                    .step(&self.pixels, &self.targets, LEARNING_RATE)
            }
            Pass::Infer => self.trainer.model().forward(&self.pixels).values()[0],
        }
    }

    /// Takes a step of training without waiting for a device that works beside the processor;
    /// returns the loss that was due.
    pub fn advance(&mut self) -> Option<f32> {
        self.trainer
            .advance(&self.pixels, &self.targets, LEARNING_RATE)
    }

    /// Waits for all steps; the losses that were not told.
    pub fn settle(&mut self) -> Vec<f32> {
        self.trainer.settle()
    }

    /// What a step runs.
    pub fn program(&mut self) -> anyhow::Result<Arc<Program>> {
        let input = self.pixels.shape();
        Ok(match self.pass {
            Pass::Train | Pass::Probe => self.trainer.program(input, Objective::CrossEntropy)?,
            Pass::Infer => {
                let network = self.trainer.model().network();
                let part = Part::whole(network, input.batch);
                lower(network, &part, &Mode::Inference)?.into()
            }
        })
    }

    /// Shows an executor, which is in a program of this work, what a step reads.
    pub fn upload(&self, program: &Program, executor: &mut impl Executor) {
        executor.upload(program.pixels, self.pixels.values());
        if let (Some(buffer), Targets::Classes(shares)) = (program.targets, &self.targets) {
            executor.upload(buffer, shares);
        }
    }

    /// The network with its weights.
    pub fn model(&self) -> &Model {
        self.trainer.model()
    }

    /// Numbers that training may move, in all.
    pub fn parameters(&self) -> usize {
        let parameters = self.model().network().parameters().into_iter();
        let trained = parameters.filter(|parameter| parameter.kind.is_trained());
        trained.map(|parameter| parameter.len()).sum()
    }
}

/// Numbers between -1 and 1.
fn noise(len: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// Each image's share of the mean loss, at its class.
fn shares(batch: usize) -> Vec<f32> {
    let share = 1.0 / batch as f32;
    let at = |index: usize| match index / CLASSES % CLASSES == index % CLASSES {
        true => share,
        false => 0.0,
    };
    (0..batch * CLASSES).map(at).collect()
}
