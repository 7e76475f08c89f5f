//! What is lowered, and what for.

use std::ops::Range;

use kernels::{MapShape, Precision};
use networks::{Input, Network};
use regimes::Tuning;

use crate::descent::Descent;

/// Which part of a network, and what enters it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// By index; the last block of a network is its head.
    pub blocks: Range<usize>,
    /// The map that enters the first of them.
    pub input: MapShape,
}

impl Part {
    /// The whole network for `batch` of the images that it reads.
    pub fn whole(network: &Network, batch: usize) -> Self {
        let Input {
            channels,
            height,
            width,
        } = network.input;
        Self {
            blocks: 0..network.blocks.len(),
            input: MapShape {
                batch,
                channels,
                height,
                width,
            },
        }
    }
}

/// What logits are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Objective {
    /// Shares of classes that exclude each other.
    CrossEntropy,
    /// Shares of each finding, present and absent.
    BinaryCrossEntropy,
    /// Nothing: the gradients of the logits are given.
    Given,
}

/// How a step of training goes.
#[derive(Clone, Copy, Debug)]
pub struct Training<'a> {
    /// What becomes of each tensor.
    pub tuning: &'a Tuning,
    /// What products are rounded to.
    pub precision: Precision,
    /// What is minimised.
    pub objective: Objective,
    /// How weights move.
    pub descent: Descent,
}

/// What a program is for.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a> {
    /// Logits: batch norms use their running statistics.
    Inference,
    /// The forward pass of training alone: batch norms use the batch, and nothing changes.
    Observation,
    /// Inference, then what a change of each number that enters would do to the logits: gradients
    /// of the logits are given, and nothing changes.
    Sensitivity,
    /// A step of training.
    Training(Training<'a>),
}
