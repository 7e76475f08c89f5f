//! What instructions read and write.

use std::fmt;

use kernels::MapShape;

/// The number of a buffer within its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BufferId(pub(crate) u32);

impl BufferId {
    /// Its place in [`Program::buffers`](super::Program).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for BufferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// What the numbers of a buffer are stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// `f32`, 4 bytes.
    Float,
    /// Places within windows, 1 byte each.
    Byte,
}

impl Element {
    /// Bytes of one.
    pub fn bytes(self) -> usize {
        match self {
            Self::Float => 4,
            Self::Byte => 1,
        }
    }
}

/// A tensor that outlives a program: programs of one model share it by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kept {
    /// A weight or running statistic, by path.
    Tensor(String),
    /// A moment of the optimiser, by the path of its tensor and its number.
    Moment(String, usize),
    /// Where a penalty pulls a tensor to, by its path.
    Start(String),
    /// The average of a tensor over steps, by its path.
    Average(String),
}

/// What a buffer is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// What the network reads, `[batch, channels, height, width]`: uploaded before a run.
    Pixels,
    /// What the logits are held against: uploaded before a run.
    Targets,
    /// What is given besides: gradients of logits, factors of masks. Uploaded before a run.
    Given,
    /// Outlives the program.
    Kept(Kept),
    /// What a layer writes, `[batch, channels, height, width]`.
    Map,
    /// A map computed again for the backward pass.
    Again,
    /// The gradient of a map.
    MapGradient,
    /// The gradient of a tensor.
    TensorGradient,
    /// Statistics of a norm and other small results that the backward pass reads.
    Statistics,
    /// The loss, one number.
    Loss,
}

impl Role {
    /// In a word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pixels => "pixels",
            Self::Targets => "targets",
            Self::Given => "given",
            Self::Kept(Kept::Tensor(_)) => "tensor",
            Self::Kept(Kept::Moment(..)) => "moment",
            Self::Kept(Kept::Start(_)) => "start",
            Self::Kept(Kept::Average(_)) => "average",
            Self::Map => "map",
            Self::Again => "again",
            Self::MapGradient => "map gradient",
            Self::TensorGradient => "tensor gradient",
            Self::Statistics => "statistics",
            Self::Loss => "loss",
        }
    }

    /// Whether it is there before the first instruction, from outside the program.
    pub fn is_given(&self) -> bool {
        match self {
            Self::Pixels | Self::Targets | Self::Given | Self::Kept(_) => true,
            Self::Map
            | Self::Again
            | Self::MapGradient
            | Self::TensorGradient
            | Self::Statistics
            | Self::Loss => false,
        }
    }
}

/// A numbered buffer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Buffer {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// What its numbers are stored as.
    pub element: Element,
    /// What it is for.
    pub role: Role,
}

impl Buffer {
    /// Numbers in it.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.len() * self.element.bytes()
    }

    /// Its extents as those of a map, missing ones 1.
    pub fn map(&self) -> MapShape {
        let extent = |place: usize| self.shape.get(place).copied().unwrap_or(1);
        MapShape {
            batch: extent(0),
            channels: extent(1),
            height: extent(2),
            width: extent(3),
        }
    }
}
