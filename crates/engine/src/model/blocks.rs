//! What the blocks of a network see in a picture, and a network entered and left between them.

use std::sync::Arc;

use kernels::MapShape;

use super::Model;
use crate::executor::Step;
use crate::lower::{Mode, Part, lower};
use crate::maps::Maps;

impl Model {
    /// Features of every block but the head, from the input on: the block's output for `pixels`
    /// `[batch, channels, height, width]` in inference, averaged over positions,
    /// `[batch, channels of the block]` each. All come from one forward pass.
    pub fn features(&self, pixels: &Maps) -> Vec<Vec<f32>> {
        let mut features = Vec::new();
        self.each_block(pixels, |map| features.push(map.means()));
        features
    }

    /// Shows `see` the output of every block but the head, from the input on, for `pixels`
    /// `[batch, channels, height, width]` in inference: `[batch, channels, height, width]` of the
    /// block. All come from one forward pass.
    pub fn each_block(&self, pixels: &Maps, mut see: impl FnMut(Maps)) {
        let device = &mut *self.device();
        let blocks = 0..self.network().blocks.len() - 1;
        let program = device.inference(self.network(), blocks, pixels.shape());
        device.begin(&program, pixels.into());
        let mut start = 0;
        for block in &program.blocks {
            device.executor.run(start..block.end, Step::NONE);
            start = block.end;
            see(device.maps(&program, block.output));
        }
    }

    /// What block `index`, less than their number, makes in inference of what reaches it:
    /// `[batch, channels, height, width]` in and out. The head puts out
    /// `[batch, classes, 1, 1]`.
    pub fn block(&self, index: usize, x: &Maps) -> Maps {
        self.through(index..index + 1, x.into())
    }

    /// What every number of `x` `[batch, channels, height, width]`, which left the first `blocks`
    /// blocks, does in inference to a function of the logits: its gradient by `x`, of the same
    /// extents. `by_logits` makes the function's gradient by the logits `[batch, classes]` of these.
    /// At least the head is left to compute.
    ///
    /// The gradient is that of the network as it predicts: batch norms are constants there.
    pub fn sensitivity(
        &self,
        blocks: usize,
        x: &Maps,
        by_logits: impl FnOnce(&Maps) -> Vec<f32>,
    ) -> Maps {
        let part = Part {
            blocks: blocks..self.network().blocks.len(),
            input: x.shape(),
        };
        let program = lower(self.network(), &part, &Mode::Sensitivity);
        let program = Arc::new(program.unwrap_or_else(|error| panic!("{error}")));
        let device = &mut *self.device();
        device.begin(&program, x.into());
        device.executor.run(0..program.forward, Step::NONE);
        let given = by_logits(&device.maps(&program, program.logits[0]));
        device.executor.upload(program.given[0], &given);
        let end = program.instructions.len();
        device.executor.run(program.forward..end, Step::NONE);
        match program.sensitivity {
            Some(gradient) => device.maps(&program, gradient),
            // Nothing that enters reaches the logits.
            None => {
                let MapShape {
                    batch,
                    channels,
                    height,
                    width,
                } = x.shape();
                Maps::filled([batch, channels, height, width], 0.0)
            }
        }
    }

    /// Logits `[batch, classes, 1, 1]` in inference, where `x` `[batch, channels, height, width]`
    /// left the first `blocks` blocks; 0 for a picture. At least the head is left to compute.
    pub fn logits_behind(&self, blocks: usize, x: &Maps) -> Maps {
        self.through(blocks..self.network().blocks.len(), x.into())
    }
}
