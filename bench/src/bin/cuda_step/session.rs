//! What is timed, on a device.

use std::sync::Arc;

use bench::{ADAM, Pass, SGD, Trial, Work};
use engine::{Descent, Executor, Program};
use engine_cuda::Cuda;

use crate::numbers::Numbers;

/// The device that is timed, the first that the driver shows.
const DEVICE: usize = 0;
/// Networks that people train by Adam; all others by SGD with momentum.
const BY_ADAM: [&str; 3] = ["convnext", "deit", "vit"];

/// A work and how it is computed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The work as written.
    pub name: String,
    /// The work.
    pub work: Work,
    /// What it computes with.
    pub numbers: Numbers,
}

impl Plan {
    /// The device, opened.
    pub fn device(&self) -> anyhow::Result<Cuda> {
        Ok(Cuda::open(DEVICE, self.numbers.options())?)
    }

    /// A training on a device.
    pub fn trial(&self, executor: Box<dyn Executor>) -> anyhow::Result<Trial> {
        let precision = self.numbers.precision();
        Trial::on(executor, &self.work, Pass::Train, precision, self.descent())
    }

    /// The program of its step.
    pub fn program(&self) -> anyhow::Result<Arc<Program>> {
        self.trial(Box::new(engine::Cpu::default()))?.program()
    }

    fn descent(&self) -> Descent {
        let name = &self.work.choice.name;
        match BY_ADAM.iter().any(|start| name.starts_with(start)) {
            true => ADAM,
            false => SGD,
        }
    }
}
