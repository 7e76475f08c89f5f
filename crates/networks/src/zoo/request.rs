//! What the families of the zoo are asked for, and what they build.

use super::choice::Choice;
use super::dialect::Dialect;
use crate::draws::Draws;
use crate::network::{Block, Input};

/// What a family builds a network for.
pub(super) struct Request<'a> {
    pub(super) choice: &'a Choice,
    pub(super) input: Input,
    pub(super) classes: usize,
    pub(super) dialect: Dialect,
}

/// What a family builds.
pub(super) struct Built {
    pub(super) blocks: Vec<Block>,
    pub(super) draws: Draws,
}
