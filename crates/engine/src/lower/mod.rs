//! From a network to a program.
//!
//! The layers of a network become instructions one after the other, neighbours are fused, the
//! gradients of what is trained are written down backwards, and every buffer gets its place. Each
//! file says of one kind of layer which instructions its forward pass, its gradient and its remake
//! are.

mod activation;
mod arrange;
mod backward;
mod builder;
mod conv;
mod forward;
mod fuse;
mod joint;
mod linear;
mod loss;
mod norm;
mod pool;
mod remake;
mod tokens;

use std::ops::Range;

use kernels::{MapShape, Precision};
use networks::regime::Tuning;
use networks::{Network, NetworkError};

use self::backward::Backward;
use self::forward::Forward;
use crate::descent::Descent;
use crate::program::{MemoryPlan, Program};

/// Which part of a network, and what enters it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// By index; the last block of a network is its head.
    pub blocks: Range<usize>,
    /// The map that enters the first of them.
    pub input: MapShape,
}

impl Part {
    /// The whole network for `batch` images of `size` × `size` pixels.
    pub fn whole(network: &Network, batch: usize, size: usize) -> Self {
        Self {
            blocks: 0..network.blocks.len(),
            input: MapShape {
                batch,
                channels: network.input.channels,
                height: size,
                width: size,
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
    /// A step of training.
    Training(Training<'a>),
}

/// The program of `part` of `network`; fails where layers do not fit what enters them.
pub fn lower(network: &Network, part: &Part, mode: &Mode) -> Result<Program, NetworkError> {
    lower_by(fuse::fuse, network, part, mode)
}

/// The same where `rewrite` makes the forward pass of one instruction after the other.
fn lower_by(
    rewrite: fn(Program) -> Program,
    network: &Network,
    part: &Part,
    mode: &Mode,
) -> Result<Program, NetworkError> {
    let mut forward = Forward::new(part.input, mode);
    let blocks = &network.blocks[part.blocks.clone()];
    forward.blocks(blocks)?;
    let forward = rewrite(forward.finish());
    let program = match mode {
        Mode::Inference | Mode::Observation => forward,
        Mode::Training(training) => Backward::of(forward, training),
    };
    Ok(program.planned())
}

impl Program {
    /// The same without a memory plan yet.
    pub(crate) fn unplanned(self) -> Self {
        Self {
            memory: MemoryPlan::default(),
            ..self
        }
    }
}
