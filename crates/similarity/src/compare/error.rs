//! Why two layers cannot be compared.

use crate::{MapShape, MomentsError, ReadError};

/// Layers that cannot be compared at all. What concerns one measure only is a
/// [`Reason`](crate::Reason) in its place.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The layers were not recorded on the same images.
    #[error(
        "side a has {a} images and side b has {b}: both must be recorded on the same images in \
         the same order"
    )]
    Images {
        /// Images of side `a`.
        a: usize,
        /// Images of side `b`.
        b: usize,
    },
    /// A layer without images, positions or channels.
    #[error("side {side} holds nothing: {shape:?}")]
    Empty {
        /// `a` or `b`.
        side: char,
        /// Extents of the layer.
        shape: MapShape,
    },
    /// Maps whose common grid is too large.
    #[error(
        "the maps of both sides meet on a grid of {height} × {width} positions, more than {most}; \
         use `pooled`"
    )]
    Grid {
        /// Rows, the more of both sides.
        height: usize,
        /// Columns, the more of both sides.
        width: usize,
        /// Most positions.
        most: usize,
    },
    /// Nothing to measure.
    #[error("no measures were asked for; name at least one")]
    NoMeasures,
    /// Activations that cannot be read.
    #[error("side {side}: {source}")]
    Read {
        /// `a` or `b`.
        side: char,
        /// Where and why.
        source: ReadError,
    },
    /// Blocks of the two sides that do not belong together.
    #[error("the activations do not belong together: {0}")]
    Moments(#[from] MomentsError),
}

impl CompareError {
    /// Names the side of a read that failed.
    pub(crate) fn on(side: char) -> impl Fn(ReadError) -> Self {
        move |source| Self::Read { side, source }
    }
}
