//! How much memory a training takes, known before its first step.

use engine::{Mode, Part, Program, Training, lower};
use images::Loader;
use kernels::{Demand, MapShape};
use networks::Network;
use regimes::{Phase, Tuning};
use serde::Serialize;
use study::{OpenStudy, RunSpec, Split};

use crate::training::{RunFailure, batch_size, descent, held_batch_size, objective, of_products};

/// The most bytes that one run holds, by what they are for. What it shares with the other runs of
/// its process is [`Shared`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Footprint {
    /// Buffers of a step of training, or of an evaluation: they take turns, and the larger counts.
    pub buffers: usize,
    /// Weights, running statistics, moments, averages and starts of penalties.
    pub kept: usize,
    /// Intermediate values of the kernels.
    pub scratch: usize,
    /// Copies of weights: those that training began with, and a checkpoint on its way to a file.
    pub copies: usize,
    /// Batches of pictures, in use and ready.
    pub pictures: usize,
}

/// Bytes that all runs of a process share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// Decoded pictures.
    pub pictures: usize,
    /// Pretrained weights.
    pub weights: usize,
}

/// The maps that enter the network of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batches {
    /// A batch of training.
    pub training: MapShape,
    /// A batch of an evaluation.
    pub evaluation: MapShape,
}

impl Batches {
    /// Those of `spec` on the processor, evaluated on the partitions of `split`.
    pub fn of(spec: &RunSpec, split: &Split) -> Self {
        Self::evaluated(spec, split, batch_size(spec.data.input().samples()))
    }

    /// The same on a device with memory of its own, which more pictures at once keep busy.
    pub fn on_device(spec: &RunSpec, split: &Split) -> Self {
        Self::evaluated(spec, split, held_batch_size(spec.data.input().samples()))
    }

    /// Evaluated on at most so many pictures at once.
    fn evaluated(spec: &RunSpec, split: &Split, most: usize) -> Self {
        let input = spec.data.input();
        let batch = |batch: usize| MapShape {
            batch,
            channels: input.channels,
            height: input.height,
            width: input.width,
        };
        let evaluated = split.validation.len().max(split.test.len()).max(1);
        Self {
            training: batch(spec.train.batch_size.min(spec.train_size).max(1)),
            evaluation: batch(most.min(evaluated)),
        }
    }
}

impl Footprint {
    /// Of `spec`, trained on `threads` threads and evaluated on the partitions of `split`.
    pub fn of(spec: &RunSpec, split: &Split, threads: usize) -> Result<Self, RunFailure> {
        let network = spec.trained_network()?;
        let batches = Batches::of(spec, split);
        let part = |input| Part {
            blocks: 0..network.blocks.len(),
            input,
        };
        let evaluation = lower(&network, &part(batches.evaluation), &Mode::Inference)?;
        let mut footprint = Self {
            pictures: batches.bytes(),
            ..Self::default()
        };
        for phase in &spec.regime.phases {
            let tuning = spec.throughout(Tuning::of(phase, &network)?, &network)?;
            let training = Training {
                tuning: &tuning,
                precision: of_products(spec.train.precision),
                objective: objective(spec.data.task),
                descent: descent(spec),
            };
            let mode = Mode::Training(training);
            let step = lower(&network, &part(batches.training), &mode)?;
            let of_phase = Self::of_phase(&network, phase, &tuning, [&step, &evaluation], threads);
            footprint = footprint.most(of_phase);
        }
        Ok(footprint)
    }

    fn of_phase(
        network: &Network,
        phase: &Phase,
        tuning: &Tuning,
        programs: [&Program; 2],
        threads: usize,
    ) -> Self {
        let bytes = |len: usize| len * size_of::<f32>();
        let parameters = network.parameters();
        let weights: usize = parameters.iter().map(|p| bytes(p.len())).sum();
        let frozen: usize = tuning.frozen().iter().map(|p| bytes(p.len())).sum();
        let moments = programs[0].moment_bytes();
        // A penalty pulls towards where the tensors started: told by the tuning, kept by the device.
        let starts = match phase.l2_sp {
            Some(_) => weights - frozen,
            None => 0,
        };
        let buffers = programs.map(|program| program.memory.peak_bytes());
        let scratch = programs.map(|program| program.scratch(threads));
        Self {
            buffers: buffers[0].max(buffers[1]),
            kept: weights + moments + starts,
            scratch: scratch
                .into_iter()
                .fold(Demand::default(), Demand::then)
                .bytes(),
            // What training began with, and the best weights as bytes. A checkpoint is there as
            // tensors and as the bytes of its file, which lie in one piece: where the best ones
            // lay there is no room for them.
            copies: 2 * weights + starts + 2 * (weights + moments),
            pictures: 0,
        }
    }

    /// The most of either, part by part.
    fn most(self, other: Self) -> Self {
        Self {
            buffers: self.buffers.max(other.buffers),
            kept: self.kept.max(other.kept),
            scratch: self.scratch.max(other.scratch),
            copies: self.copies.max(other.copies),
            pictures: self.pictures.max(other.pictures),
        }
    }

    /// All of it.
    pub fn bytes(&self) -> usize {
        self.buffers + self.kept + self.scratch + self.copies + self.pictures
    }
}

impl Batches {
    /// The most bytes of pictures at once: training goes on to be supplied while it waits for an
    /// evaluation.
    fn bytes(&self) -> usize {
        let [training, evaluation] = [self.training, self.evaluation]
            .map(|map| map.batch * map.channels * map.plane() * size_of::<f32>());
        (Loader::HELD - 1) * training + training.max(evaluation)
    }
}

impl Shared {
    /// Of the runs of an open study.
    pub fn of(study: &OpenStudy) -> Self {
        let weights = study.weights.values().map(|pretrained| &pretrained.weights);
        let values = weights.flat_map(|weights| weights.tensors.values());
        Self {
            pictures: study.cache.bytes(),
            weights: values
                .map(|tensor| tensor.values.len() * size_of::<f32>())
                .sum(),
        }
    }

    /// All of it.
    pub fn bytes(&self) -> usize {
        self.pictures + self.weights
    }
}
