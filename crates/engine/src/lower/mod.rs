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
mod drop;
mod forward;
mod fuse;
mod gradients;
mod joint;
mod layers;
mod linear;
mod loss;
mod mode;
mod norm;
mod pool;
mod remake;
mod response;
mod tokens;
mod windows;

pub use self::mode::{Mode, Objective, Part, Training};

use networks::{Network, NetworkError};

use self::forward::Forward;
use crate::program::Program;

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
    layers::blocks(&mut forward, blocks)?;
    let forward = rewrite(forward.finish());
    let program = match mode {
        Mode::Inference | Mode::Observation => forward,
        Mode::Sensitivity => gradients::sensitivity(forward),
        Mode::Training(training) => gradients::step(forward, training),
    };
    Ok(program.planned())
}
