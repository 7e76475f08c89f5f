//! Steps of a run, and their losses.

use engine::Pictures;
use images::Label;

use super::Run;
use crate::event::Event;
use crate::training::failure::RunFailure;

impl Run<'_> {
    /// One training step. A device may be steps behind: its losses are heard later.
    pub(super) fn step(&mut self, pictures: Pictures, labels: &[Label]) -> Result<(), RunFailure> {
        let targets = self.loss.targets(labels);
        let lr = self.lr(self.state.step);
        let told = self.trainer.advance(pictures, &targets, lr);
        self.state.step += 1;
        match told {
            Some(loss) => self.hear(loss),
            None => Ok(()),
        }
    }

    /// Waits for the device, and hears every loss that has not been.
    pub(super) fn settle(&mut self) -> Result<(), RunFailure> {
        for loss in self.trainer.settle() {
            self.hear(loss)?;
        }
        Ok(())
    }

    /// The loss of the step behind the last that was heard of.
    fn hear(&mut self, loss: f32) -> Result<(), RunFailure> {
        self.heard += 1;
        let step = self.heard;
        if !loss.is_finite() {
            return Err(RunFailure::Diverged { step, loss });
        }
        self.state.loss_sum += f64::from(loss);
        self.work.tell(Event::Stepped { step, loss });
        Ok(())
    }
}
