//! The shape of a pooling.

use crate::error::{ShapeError, volume};
use crate::map::MapShape;

/// Pooling windows over a map; pairs are rows, then columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PoolShape {
    /// The input.
    pub map: MapShape,
    /// Pixels of a window.
    pub kernel: [usize; 2],
    /// Input pixels from one window to the next.
    pub stride: [usize; 2],
    /// Pixels added on each side, at most half of the window. They never win a
    /// maximum.
    pub padding: [usize; 2],
    /// Whether a last window may hang over the far edge (PyTorch's `ceil_mode`:
    /// it must still start inside the input or its near padding).
    pub ceil_mode: bool,
}

impl PoolShape {
    /// Checks that all sizes are at least one, that the padding is at most half
    /// of the window, and that the window fits.
    pub fn check(&self) -> Result<(), ShapeError> {
        self.map.checked_len()?;
        volume(&[
            ("window rows", self.kernel[0]),
            ("window columns", self.kernel[1]),
        ])?;
        volume(&[
            ("row stride", self.stride[0]),
            ("column stride", self.stride[1]),
        ])?;
        let input = [self.map.height, self.map.width];
        for axis in 0..2 {
            if self.padding[axis] > self.kernel[axis] / 2 {
                return Err(ShapeError::PoolPadding {
                    kernel: self.kernel,
                    padding: self.padding,
                });
            }
            if self.kernel[axis] > input[axis] + 2 * self.padding[axis] {
                return Err(ShapeError::KernelTooLarge {
                    kernel: self.kernel,
                    input,
                    padding: self.padding,
                });
            }
        }
        volume(&[("output", self.output_len())])?;
        Ok(())
    }

    /// [`check`](Self::check), and that an index within the window fits a byte.
    pub(crate) fn check_max(&self) -> Result<(), ShapeError> {
        self.check()?;
        if self.kernel[0].saturating_mul(self.kernel[1]) > 255 {
            return Err(ShapeError::PoolWindow {
                kernel: self.kernel,
            });
        }
        Ok(())
    }

    /// Height and width of the output. Meaningful for a shape that passes
    /// [`check`](Self::check).
    pub fn output(&self) -> [usize; 2] {
        let input = [self.map.height, self.map.width];
        [0, 1].map(|axis| {
            let (stride, padding) = (self.stride[axis], self.padding[axis]);
            let room = input[axis] + 2 * padding - self.kernel[axis];
            if !self.ceil_mode {
                return room / stride + 1;
            }
            let windows = room.div_ceil(stride) + 1;
            let last = (windows - 1) * stride;
            if last >= input[axis] + padding {
                windows - 1
            } else {
                windows
            }
        })
    }

    /// Values of the output `[batch, channels, output()[0], output()[1]]`.
    pub fn output_len(&self) -> usize {
        let [rows, columns] = self.output();
        self.map
            .batch
            .saturating_mul(self.map.channels)
            .saturating_mul(rows)
            .saturating_mul(columns)
    }

    /// The shape of the output.
    pub fn output_map(&self) -> MapShape {
        let [height, width] = self.output();
        MapShape {
            height,
            width,
            ..self.map
        }
    }
}
