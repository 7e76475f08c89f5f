//! A network lowered for one purpose and batch: numbered buffers, instructions, a memory plan.

mod buffer;
mod check;
mod cost;
mod instruction;
mod layout;
mod mask;
mod memory;
mod operands;
mod places;
mod scratch;
mod tenancy;
mod text;

pub use self::buffer::{Buffer, BufferId, Element, Kept, Role};
pub use self::check::Fault;
pub use self::cost::Work;
pub use self::instruction::Instruction;
pub use self::mask::{LeftOut, Mask};
pub use self::memory::MemoryPlan;
pub use self::operands::Operands;
pub use self::places::lowest_places;
pub use self::tenancy::{Tenancy, tenancies};

use std::ops::Range;

/// What leaves a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockEnd {
    /// Number of the first instruction behind the block.
    pub end: usize,
    /// The map that leaves it.
    pub output: BufferId,
}

/// Where a layer with a weight writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// Path of the weight.
    pub path: String,
    /// Its instructions, bias included.
    pub instructions: Range<usize>,
    /// What it writes.
    pub output: BufferId,
}

/// A loss, and its share in the objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossShare {
    /// One number.
    pub loss: BufferId,
    /// What it is multiplied by.
    pub weight: f32,
}

/// A network lowered for one purpose and batch. Pure data: it says what is computed in which
/// order and where, not on what device.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// By number.
    pub buffers: Vec<Buffer>,
    /// In order.
    pub instructions: Vec<Instruction>,
    /// Number of the first instruction of the backward pass; all of them in inference.
    pub forward: usize,
    /// What the network reads.
    pub pixels: BufferId,
    /// What the losses are held against, if anything.
    pub targets: Option<BufferId>,
    /// Given gradients of the logits, in place of losses.
    pub given: Vec<BufferId>,
    /// What is left out at random.
    pub masks: Vec<Mask>,
    /// Logits of the head, then of an auxiliary head: maps of one pixel.
    pub logits: Vec<BufferId>,
    /// Summed into the objective.
    pub losses: Vec<LossShare>,
    /// The gradient of what the network reads, where it is asked for.
    pub sensitivity: Option<BufferId>,
    /// By block of the lowered range.
    pub blocks: Vec<BlockEnd>,
    /// Layers with a weight, in order.
    pub weighted: Vec<Weighted>,
    /// Where buffers lie.
    pub memory: MemoryPlan,
}

impl Program {
    /// A buffer by its number.
    pub fn buffer(&self, id: BufferId) -> &Buffer {
        &self.buffers[id.index()]
    }

    /// The number of every buffer, in order.
    pub fn ids(&self) -> impl Iterator<Item = BufferId> + use<> {
        (0..self.buffers.len() as u32).map(BufferId)
    }

    /// Bytes of what outlives it: weights, running statistics, moments, starts and averages.
    pub fn kept_bytes(&self) -> usize {
        let kept = self.buffers.iter();
        let kept = kept.filter(|b| matches!(b.role, Role::Kept(_)));
        kept.map(Buffer::bytes).sum()
    }

    /// Bytes of the moments and averages of what it trains.
    pub fn moment_bytes(&self) -> usize {
        let moments = self.buffers.iter();
        let moments =
            moments.filter(|b| matches!(b.role, Role::Kept(Kept::Moment(..) | Kept::Average(_))));
        moments.map(Buffer::bytes).sum()
    }
}
