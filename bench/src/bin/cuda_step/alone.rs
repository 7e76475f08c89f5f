//! Steps without what the host sends at each of them.

use std::sync::Arc;

use anyhow::ensure;
use bench::{LEARNING_RATE, Trial};
use engine::{BufferId, Executor as _, Kept, Program, Step, Trainer};
use engine_cuda::Cuda;

/// A program that is queued again and again on the same pixels. Buffers that a step writes over, as
/// the targets' place may be another buffer's later in the step, are uploaded at every step.
pub struct Alone {
    device: Cuda,
    program: Arc<Program>,
    again: Vec<(BufferId, Vec<f32>)>,
    number: u64,
    /// Steps whose losses were not told.
    queued: usize,
}

impl Alone {
    /// Takes the weights of `trial`, and a first step.
    pub fn new(mut device: Cuda, trial: &Trial, program: Arc<Program>) -> anyhow::Result<Self> {
        for parameter in trial.model().network().parameters() {
            if let Some(values) = trial.model().values(&parameter.path) {
                device.put(&Kept::Tensor(parameter.path), values);
            }
        }
        device.enter(&program);
        trial.upload(&program, &mut device);
        let sent = [Some(program.pixels), program.targets];
        let before: Vec<(BufferId, Vec<f32>)> = sent
            .into_iter()
            .flatten()
            .map(|id| (id, device.download(id)))
            .collect();
        let mut alone = Self {
            device,
            program,
            again: Vec::new(),
            number: 0,
            queued: 0,
        };
        alone.step()?;
        alone.settle();
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        alone.again = before
            .into_iter()
            .filter(|(id, values)| bits(&alone.device.download(*id)) != bits(values))
            .collect();
        Ok(alone)
    }

    /// Queues a step; the loss of an earlier one.
    pub fn step(&mut self) -> anyhow::Result<Option<f32>> {
        for (id, values) in &self.again {
            self.device.upload(*id, values);
        }
        self.number += 1;
        let step = Step {
            lr: LEARNING_RATE,
            number: self.number,
        };
        ensure!(
            self.device.queue(step),
            "a step of training that is not queued"
        );
        self.queued += 1;
        let is_due = self.queued > Trainer::AHEAD;
        Ok(is_due.then(|| self.told()))
    }

    /// Waits for all steps; the last loss.
    pub fn settle(&mut self) -> Option<f32> {
        (0..self.queued).map(|_| self.told()).last()
    }

    fn told(&mut self) -> f32 {
        self.queued -= 1;
        self.device.loss()
    }

    /// What is uploaded at every step, in words.
    pub fn uploaded(&self) -> &'static str {
        let has_pixels = self.again.iter().any(|(id, _)| *id == self.program.pixels);
        match (has_pixels, self.again.len()) {
            (_, 0) => "nothing",
            (true, 1) => "pixels",
            (false, _) => "targets",
            (true, _) => "pixels and targets",
        }
    }
}
