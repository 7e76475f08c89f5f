//! The shape of a two-dimensional convolution.

use crate::error::{ShapeError, check_len, volume};

/// A convolution of `[batch, channels_in, height, width]` with weights
/// `[channels_out, channels_in / groups, kernel[0], kernel[1]]`; pairs are rows,
/// then columns. The padding is zero and the same on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConvShape {
    /// Images.
    pub batch: usize,
    /// Channels of the input.
    pub channels_in: usize,
    /// Rows of the input.
    pub height: usize,
    /// Columns of the input.
    pub width: usize,
    /// Channels of the output.
    pub channels_out: usize,
    /// Taps of the kernel.
    pub kernel: [usize; 2],
    /// Input pixels from one output pixel to the next.
    pub stride: [usize; 2],
    /// Zero pixels added on each side.
    pub padding: [usize; 2],
    /// Input pixels from one tap to the next.
    pub dilation: [usize; 2],
    /// Groups of channels that do not see each other.
    pub groups: usize,
}

impl ConvShape {
    /// Checks that every size is at least one, that the groups divide the
    /// channels, that the kernel fits and that the tensors fit into memory.
    pub fn check(&self) -> Result<(), ShapeError> {
        let padded = [
            self.height
                .saturating_add(self.padding[0].saturating_mul(2)),
            self.width.saturating_add(self.padding[1].saturating_mul(2)),
        ];
        volume(&[
            ("batch", self.batch),
            ("channels_in", self.channels_in),
            ("padded height", padded[0]),
            ("padded width", padded[1]),
            ("kernel rows", self.kernel[0]),
            ("kernel columns", self.kernel[1]),
        ])?;
        volume(&[("height", self.height), ("width", self.width)])?;
        volume(&[
            ("row stride", self.stride[0]),
            ("column stride", self.stride[1]),
        ])?;
        volume(&[
            ("row dilation", self.dilation[0]),
            ("column dilation", self.dilation[1]),
        ])?;
        if self.groups == 0
            || !self.channels_in.is_multiple_of(self.groups)
            || !self.channels_out.is_multiple_of(self.groups)
        {
            return Err(ShapeError::Groups {
                channels_in: self.channels_in,
                channels_out: self.channels_out,
                groups: self.groups,
            });
        }
        let span = [0, 1].map(|axis| {
            (self.kernel[axis] - 1)
                .saturating_mul(self.dilation[axis])
                .saturating_add(1)
        });
        if span[0] > padded[0] || span[1] > padded[1] {
            return Err(ShapeError::KernelTooLarge {
                kernel: span,
                input: [self.height, self.width],
                padding: self.padding,
            });
        }
        let output = self.output();
        volume(&[
            ("batch", self.batch),
            ("channels_out", self.channels_out),
            ("output height", output[0]),
            ("output width", output[1]),
        ])?;
        volume(&[
            ("channels_out", self.channels_out),
            ("channels_in", self.channels_in),
            ("kernel rows", self.kernel[0]),
            ("kernel columns", self.kernel[1]),
        ])?;
        Ok(())
    }

    /// Height and width of the output. Meaningful for a shape that passes
    /// [`check`](Self::check).
    pub fn output(&self) -> [usize; 2] {
        let size = [self.height, self.width];
        [0, 1].map(|axis| {
            let span = (self.kernel[axis] - 1) * self.dilation[axis] + 1;
            (size[axis] + 2 * self.padding[axis] - span) / self.stride[axis] + 1
        })
    }

    /// Multiply-adds of the direct forward sum (padding included).
    pub fn macs(&self) -> u64 {
        let [rows, columns] = self.output();
        (self.batch * rows * columns) as u64 * self.weight_len() as u64
    }

    /// Values of the input `[batch, channels_in, height, width]`.
    pub fn input_len(&self) -> usize {
        self.batch * self.channels_in * self.height * self.width
    }

    /// Values of the weights `[channels_out, channels_in / groups, kernel[0], kernel[1]]`.
    pub fn weight_len(&self) -> usize {
        self.channels_out * self.depth()
    }

    /// Values of the output `[batch, channels_out, output()[0], output()[1]]`.
    pub fn output_len(&self) -> usize {
        let [rows, columns] = self.output();
        self.batch * self.channels_out * rows * columns
    }

    /// Taps of the kernel.
    pub(crate) fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// Weights per output channel.
    pub(crate) fn depth(&self) -> usize {
        self.channels_in / self.groups * self.taps()
    }

    pub(crate) fn check_operands(
        &self,
        x: Option<&[f32]>,
        w: Option<&[f32]>,
        y: Option<&[f32]>,
        names: [&'static str; 3],
    ) -> Result<(), ShapeError> {
        self.check()?;
        let lens = [self.input_len(), self.weight_len(), self.output_len()];
        for ((slice, len), name) in [x, w, y].into_iter().zip(lens).zip(names) {
            if let Some(slice) = slice {
                check_len(name, slice, len)?;
            }
        }
        Ok(())
    }
}
