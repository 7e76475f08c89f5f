//! How much of a device's own memory a training takes, known before its first step.

use engine::{Mode, Part, Program, Training, lower};
use kernels::MapShape;
use networks::Network;
use regimes::Tuning;
use serde::Serialize;
use study::{RunSpec, Split};

use crate::footprint::Batches;
use crate::training::{RunFailure, descent, objective, of_products};

/// The most bytes that one run takes of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeviceNeed {
    /// In a step of training, in the phase that takes most.
    pub training: usize,
    /// In an evaluation, while the moments of training stay.
    pub evaluation: usize,
}

impl DeviceNeed {
    /// Of `spec`, evaluated on the partitions of `split`. `bytes` is what a program takes of the
    /// device: its buffers, and what outlives it.
    pub fn of(
        spec: &RunSpec,
        split: &Split,
        bytes: &dyn Fn(&Program) -> usize,
    ) -> Result<Self, RunFailure> {
        let network = spec.trained_network()?;
        let batches = Batches::on_device(spec, split);
        let evaluation = whole(&network, batches.evaluation, &Mode::Inference)?;
        let mut need = Self::default();
        for phase in &spec.regime.phases {
            let tuning = spec.throughout(Tuning::of(phase, &network)?, &network)?;
            let mode = Mode::Training(Training {
                tuning: &tuning,
                precision: of_products(spec.train.precision),
                objective: objective(spec.data.task),
                descent: descent(spec),
            });
            let step = whole(&network, batches.training, &mode)?;
            need.training = need.training.max(bytes(&step));
            // What no device can run takes more than there are numbers for.
            let stays = bytes(&evaluation).saturating_add(step.moment_bytes());
            need.evaluation = need.evaluation.max(stays);
        }
        Ok(need)
    }

    /// The most of both, which take turns.
    pub fn bytes(&self) -> usize {
        self.training.max(self.evaluation)
    }

    /// The largest batch of training, up to that of `spec`, with which a step fits into `room`
    /// bytes; none where not even one picture does, or an evaluation does not.
    pub fn largest_batch(
        spec: &RunSpec,
        split: &Split,
        bytes: &dyn Fn(&Program) -> usize,
        room: u64,
    ) -> Result<Option<usize>, RunFailure> {
        let fits = |batch: usize| -> Result<bool, RunFailure> {
            let mut smaller = spec.clone();
            smaller.train.batch_size = batch;
            Ok(Self::of(&smaller, split, bytes)?.bytes() as u64 <= room)
        };
        let (mut fitting, mut most) = (0, spec.train.batch_size);
        while fitting < most {
            let batch = (fitting + most).div_ceil(2);
            match fits(batch)? {
                true => fitting = batch,
                false => most = batch - 1,
            }
        }
        Ok((fitting > 0).then_some(fitting))
    }
}

/// The program of the whole network.
fn whole(network: &Network, input: MapShape, mode: &Mode) -> Result<Program, RunFailure> {
    let part = Part {
        blocks: 0..network.blocks.len(),
        input,
    };
    Ok(lower(network, &part, mode)?)
}
