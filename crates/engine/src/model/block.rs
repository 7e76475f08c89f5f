//! A network entered and left between its blocks.

use burn::tensor::Tensor;

use super::{Map, Model, Pass, logits};

impl Model {
    /// What block `index`, less than their number, makes in inference of what reaches it:
    /// `[batch, channels, height, width]` in and out. The head puts out
    /// `[batch, classes, 1, 1]`.
    pub fn block(&self, index: usize, x: Tensor<4>) -> Tensor<4> {
        self.blocks_from(index, index + 1, x).x
    }

    /// Logits `[batch, classes]` in inference, where `x` `[batch, channels, height, width]` left
    /// the first `blocks` blocks; 0 for a picture. At least the head is left to compute.
    pub fn logits_behind(&self, blocks: usize, x: Tensor<4>) -> Tensor<2> {
        logits(self.blocks_from(blocks, self.network.blocks.len(), x))
    }

    fn blocks_from(&self, first: usize, end: usize, x: Tensor<4>) -> Map {
        let mut pass = Pass {
            model: self,
            training: None,
        };
        let blocks = &self.network.blocks[first..end];
        let through = |map, block: &networks::Block| pass.layers(&block.layers, map);
        blocks.iter().fold(Map::from(x), through)
    }
}
