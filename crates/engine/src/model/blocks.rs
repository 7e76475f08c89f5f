//! What the blocks of a network see in a picture, and a network entered and left between them.

use super::Model;
use crate::executor::Step;
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
        device.begin(&program, pixels);
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
        self.through(index..index + 1, x)
    }

    /// Logits `[batch, classes, 1, 1]` in inference, where `x` `[batch, channels, height, width]`
    /// left the first `blocks` blocks; 0 for a picture. At least the head is left to compute.
    pub fn logits_behind(&self, blocks: usize, x: &Maps) -> Maps {
        self.through(blocks..self.network().blocks.len(), x)
    }
}
