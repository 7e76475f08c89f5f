//! What the blocks of a network see in a picture.

use burn::tensor::Tensor;

use super::{Map, Model, Pass};
use crate::ops;

impl Model {
    /// Features of every block but the head, from the input on: the block's output for `x`
    /// `[batch, channels, height, width]` in inference, averaged over positions,
    /// `[batch, channels of the block]` each. All come from one forward pass.
    pub fn features(&self, x: Tensor<4>) -> Vec<Tensor<2>> {
        let mut features = Vec::new();
        self.each_block(x, |map| features.push(ops::global_average(map)));
        features
    }

    /// Shows `see` the output of every block but the head, from the input on, for `x`
    /// `[batch, channels, height, width]` in inference: `[batch, channels, height, width]` of the
    /// block. All come from one forward pass.
    pub fn each_block(&self, x: Tensor<4>, mut see: impl FnMut(Tensor<4>)) {
        let mut pass = Pass {
            model: self,
            training: None,
        };
        let mut map = Map::from(x);
        let (_head, blocks) = self.network.blocks.split_last().expect("a head");
        for block in blocks {
            map = pass.layers(&block.layers, map);
            see(map.x.clone());
        }
    }
}
