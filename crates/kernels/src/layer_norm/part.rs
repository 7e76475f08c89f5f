//! The pixels that one task works on.

use crate::map::MapShape;

/// Most pixels of one parallel part.
pub(super) const BLOCK: usize = 128;

/// Neighbouring pixels of one image.
pub(super) struct Part {
    shape: MapShape,
    image: usize,
    /// The first pixel.
    first: usize,
    /// Number of pixels, at most [`BLOCK`].
    pub(super) width: usize,
}

impl Part {
    pub(super) fn count(shape: &MapShape) -> usize {
        shape.batch * shape.plane().div_ceil(BLOCK)
    }

    pub(super) fn new(shape: &MapShape, index: usize) -> Self {
        let blocks = shape.plane().div_ceil(BLOCK);
        let first = index % blocks * BLOCK;
        Self {
            shape: *shape,
            image: index / blocks,
            first,
            width: BLOCK.min(shape.plane() - first),
        }
    }

    /// Where its pixels start among all pixels of the batch.
    pub(super) fn pixel_at(&self) -> usize {
        self.image * self.shape.plane() + self.first
    }

    pub(super) fn channels(&self) -> usize {
        self.shape.channels
    }

    /// Where its values of a channel start.
    pub(super) fn at(&self, channel: usize) -> usize {
        self.shape.plane_at(self.image, channel) + self.first
    }
}
