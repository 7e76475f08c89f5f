//! What a graph computes, one step after the other.

use networks::zoo::{OwnConv, OwnLayer};
use networks::{HostTensor, Shape};

use super::function::Function;

/// One step.
pub(crate) struct Step<'a> {
    /// What it computes.
    pub(crate) work: Work,
    /// Steps that it reads.
    pub(crate) inputs: Vec<usize>,
    /// What it makes.
    pub(crate) shape: Shape,
    /// The operator it comes from, and its node.
    pub(crate) operator: &'a str,
    pub(crate) node: &'a str,
    /// Names by which the file knows it: of nodes, results and tensors.
    pub(crate) names: Vec<&'a str>,
}

/// What a step computes.
pub(crate) enum Work {
    /// The picture enters.
    Picture,
    /// A convolution, with or without a bias.
    Conv(OwnConv, HostTensor, Option<HostTensor>),
    /// `W x + b`: weight `[out, in]`.
    Linear(HostTensor, Option<HostTensor>),
    /// Another layer, with its tensors by the last part of their names.
    Layer(OwnLayer, Vec<(&'static str, HostTensor)>),
    /// Every number by itself, or two maps number by number.
    Function(Function),
    /// Channels behind channels.
    Concatenation,
}

/// What flows between operators.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    /// The step that makes it.
    pub(crate) step: usize,
    /// How it lies in memory.
    pub(crate) form: Form,
    /// Zeros around it, which the window that follows has to take up: top, bottom, left, right.
    pub(crate) border: Option<[usize; 4]>,
}

/// How a map lies in memory, batch first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `[channels, rows, columns]`.
    Map,
    /// `[rows, columns, channels]`.
    Last,
    /// `[channels]`: a map of one pixel.
    Vector,
    /// All numbers of a map, one after the other.
    Flat {
        /// In the order of [`Form::Last`].
        is_last: bool,
    },
}

impl Form {
    /// For messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Map => "a map, channels first",
            Self::Last => "a map, channels last",
            Self::Vector => "a vector",
            Self::Flat { .. } => "a flattened map",
        }
    }

    /// Extents of all axes; that of the batch is not known.
    pub(crate) fn extents(self, shape: Shape) -> Vec<Option<i64>> {
        let Shape {
            channels,
            height,
            width,
        } = shape;
        let known = match self {
            Self::Map => vec![channels, height, width],
            Self::Last => vec![height, width, channels],
            Self::Vector => vec![channels],
            Self::Flat { .. } => vec![shape.elements()],
        };
        let known = known.into_iter().map(|extent| i64::try_from(extent).ok());
        std::iter::once(None).chain(known).collect()
    }

    /// Number of the axis of channels.
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Last => 3,
            Self::Map | Self::Vector | Self::Flat { .. } => 1,
        }
    }

    /// Numbers of the axes of rows and columns.
    pub(crate) fn pixels(self) -> Option<[i64; 2]> {
        match self {
            Self::Map => Some([2, 3]),
            Self::Last => Some([1, 2]),
            Self::Vector | Self::Flat { .. } => None,
        }
    }

    /// How many axes there are, with the batch.
    pub(crate) fn rank(self) -> i64 {
        match self {
            Self::Map | Self::Last => 4,
            Self::Vector | Self::Flat { .. } => 2,
        }
    }
}
