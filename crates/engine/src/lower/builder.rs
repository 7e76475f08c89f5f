//! Buffers and instructions in the making.

use std::collections::BTreeMap;

use kernels::MapShape;

use crate::program::{Buffer, BufferId, Element, Instruction, Kept, Role};

/// What has been written down so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Builder {
    pub buffers: Vec<Buffer>,
    pub instructions: Vec<Instruction>,
    kept: BTreeMap<Kept, BufferId>,
}

impl Builder {
    /// A new buffer of numbers.
    pub fn buffer(&mut self, shape: Vec<usize>, role: Role) -> BufferId {
        self.new_buffer(Buffer {
            shape,
            element: Element::Float,
            role,
        })
    }

    fn new_buffer(&mut self, buffer: Buffer) -> BufferId {
        let id = BufferId(self.buffers.len() as u32);
        self.buffers.push(buffer);
        id
    }

    /// A new map.
    pub fn map(&mut self, shape: MapShape) -> BufferId {
        let MapShape {
            batch,
            channels,
            height,
            width,
        } = shape;
        self.buffer(vec![batch, channels, height, width], Role::Map)
    }

    /// A new map with the extents of `like`.
    pub fn map_like(&mut self, like: BufferId) -> BufferId {
        self.buffer(self.shape(like).to_vec(), Role::Map)
    }

    /// Places within the windows that a map is the maxima of.
    pub fn places(&mut self, maxima: BufferId) -> BufferId {
        let shape = self.shape(maxima).to_vec();
        self.new_buffer(Buffer {
            shape,
            element: Element::Byte,
            role: Role::Statistics,
        })
    }

    /// Small results that the backward pass reads.
    pub fn statistics(&mut self, shape: [usize; 2]) -> BufferId {
        self.buffer(shape.into(), Role::Statistics)
    }

    /// What outlives the program, once however often it is asked for.
    pub fn kept(&mut self, kept: Kept, shape: &[usize]) -> BufferId {
        if let Some(id) = self.kept.get(&kept) {
            return *id;
        }
        let id = self.buffer(shape.into(), Role::Kept(kept.clone()));
        self.kept.insert(kept, id);
        id
    }

    /// A weight or running statistic.
    pub fn tensor(&mut self, path: &str, shape: &[usize]) -> BufferId {
        self.kept(Kept::Tensor(path.into()), shape)
    }

    /// The extents of a buffer.
    pub fn shape(&self, id: BufferId) -> &[usize] {
        &self.buffers[id.index()].shape
    }

    /// The extents of a map.
    pub fn map_of(&self, id: BufferId) -> MapShape {
        self.buffers[id.index()].map()
    }

    pub fn push(&mut self, instruction: Instruction) {
        self.instructions.push(instruction);
    }
}
