//! A schedule in the making.

use std::collections::BTreeMap;
use std::ops::Range;

use engine::{BufferId, Program, Role};
use kernels::MapShape;

use super::launch::{Argument, Launch, Place};
use super::layout::Region;
use super::maps::MapType;
use super::packed::{Order, Packed};
use super::word::Word;

/// Threads of a block.
pub const THREADS: usize = 256;
/// Blocks that are enough for every device. No number of a device, so that sums are the same on all.
pub const BLOCKS: usize = 1024;

/// A schedule in the making: instructions add their launches.
pub struct Builder<'a> {
    /// What is scheduled.
    pub program: &'a Program,
    /// What its maps are stored as.
    pub maps: MapType,
    /// The instruction that is being scheduled.
    pub at: usize,
    pub(super) launches: Vec<Launch>,
    pub(super) regions: Vec<Region>,
    /// By buffer.
    pub(super) places: Vec<Place>,
    pub(super) packed: BTreeMap<(BufferId, Order), Packed>,
    /// Buffers that losses read or write: `float`, whatever maps are.
    pub(super) floats: Vec<bool>,
    pub(super) tables: Vec<Word>,
}

impl Builder<'_> {
    /// The extents of a buffer as a map.
    pub fn map(&self, id: BufferId) -> MapShape {
        self.program.buffer(id).map()
    }

    /// The address of a buffer.
    pub fn of(&self, id: BufferId) -> Argument {
        Argument::At(self.places[id.index()])
    }

    /// Whether a buffer is `float` though maps may be bfloat16: logits and their gradients, and
    /// whatever is no map.
    pub fn is_float(&self, id: BufferId) -> bool {
        self.floats[id.index()]
    }

    /// Bytes that only this instruction needs, at a multiple of 256 bytes. They hold arbitrary
    /// numbers.
    pub fn scratch(&mut self, bytes: usize) -> Argument {
        self.region(bytes, self.at..self.at + 1)
    }

    /// Bytes for a while.
    pub(super) fn region(&mut self, bytes: usize, lifetime: Range<usize>) -> Argument {
        self.regions.push(Region { bytes, lifetime });
        Argument::At(Place::Region(self.regions.len() - 1))
    }

    /// Launches a kernel when this instruction is due.
    pub fn launch(&mut self, kernel: &'static str, grid: [u32; 2], arguments: Vec<Argument>) {
        self.launches.push(Launch {
            kernel,
            grid,
            arguments,
            instruction: self.at,
        });
    }

    /// Whether every pixel's channels are whole wide loads, so that a kernel's `_wide` variant may
    /// be launched.
    pub fn is_wide(&self, channels: usize) -> bool {
        channels.is_multiple_of(self.maps.wide())
    }

    /// Blocks for so many independent items, one or more a thread.
    pub fn blocks(items: usize) -> [u32; 2] {
        [items.div_ceil(THREADS).clamp(1, BLOCKS) as u32, 1]
    }

    pub(super) fn is_map(role: &Role) -> bool {
        match role {
            Role::Pixels | Role::Map | Role::Again | Role::MapGradient | Role::Given => true,
            Role::Targets
            | Role::Kept(_)
            | Role::TensorGradient
            | Role::Statistics
            | Role::Loss => false,
        }
    }
}
