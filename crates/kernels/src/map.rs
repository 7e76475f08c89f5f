//! The shape of a batch of feature maps.

use crate::error::{ShapeError, volume};

/// A contiguous tensor `[batch, channels, height, width]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MapShape {
    /// Images.
    pub batch: usize,
    /// Channels.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
}

impl MapShape {
    /// `batch · channels · height · width`, checked to be at least one and to
    /// fit into memory.
    pub fn checked_len(&self) -> Result<usize, ShapeError> {
        volume(&[
            ("batch", self.batch),
            ("channels", self.channels),
            ("height", self.height),
            ("width", self.width),
        ])
    }

    /// Values of one channel of one image.
    pub fn plane(&self) -> usize {
        self.height * self.width
    }

    /// Values per channel over the whole batch.
    pub fn values_per_channel(&self) -> usize {
        self.batch * self.plane()
    }

    /// Where the plane of `channel` of image `image` starts.
    pub(crate) fn plane_at(&self, image: usize, channel: usize) -> usize {
        (image * self.channels + channel) * self.plane()
    }
}
