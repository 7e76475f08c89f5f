//! What enters a network: pixels, or pictures that its device holds.

use kernels::MapShape;
use networks::Input;

use crate::maps::Maps;
use crate::placed::Placed;

/// What enters a network.
#[derive(Clone, Copy, Debug)]
pub enum Pictures<'a> {
    /// Numbers as they enter, `[batch, channels, height, width]`.
    Pixels(&'a Maps),
    /// Pictures of the [`Gallery`](crate::Gallery) that the device holds.
    Placed(&'a [Placed]),
}

impl<'a> From<&'a Maps> for Pictures<'a> {
    fn from(pixels: &'a Maps) -> Self {
        Self::Pixels(pixels)
    }
}

impl Pictures<'_> {
    /// Extents of what enters a network that takes pictures like `input`.
    pub(crate) fn shape(&self, input: Input) -> MapShape {
        match self {
            Self::Pixels(pixels) => pixels.shape(),
            Self::Placed(placed) => {
                let [batch, channels, height, width] = input.batch(placed.len());
                MapShape {
                    batch,
                    channels,
                    height,
                    width,
                }
            }
        }
    }
}
