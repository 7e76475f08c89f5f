//! Planes in frames of zeros, so that no tap meets an edge.

use std::ops::Range;

use crate::conv::shape::ConvShape;
use crate::scratch::{Demand, Scratch};

/// Floats behind the last row of a frame that the last vector may read.
const SLACK: usize = 32;

/// Where the pixels of a plane lie in a larger plane of zeros, and how many such
/// planes follow each other.
pub(super) struct Frame {
    planes: usize,
    pub(super) size: [usize; 2],
    /// The plane.
    pub(super) inner: [usize; 2],
    /// Row and column of pixel `(0, 0)`; pixels outside the frame are dropped.
    pub(super) lead: [isize; 2],
    pub(super) step: [usize; 2],
}

impl Frame {
    /// The input, as far as the taps reach.
    pub(super) fn of_input(shape: &ConvShape) -> Self {
        let output = shape.output();
        let reach = |axis: usize| (shape.kernel[axis] - 1) * shape.dilation[axis];
        Self {
            planes: shape.channels_in / shape.groups,
            size: [0, 1].map(|axis| (output[axis] - 1) * shape.stride[axis] + reach(axis) + 1),
            inner: [shape.height, shape.width],
            lead: shape.padding.map(|padding| padding as isize),
            step: [1, 1],
        }
    }

    /// The gradient of the output, its pixels a stride apart.
    pub(super) fn of_gradient(shape: &ConvShape) -> Self {
        let size = [shape.height, shape.width];
        let reach = |axis: usize| (shape.kernel[axis] - 1) * shape.dilation[axis];
        Self {
            planes: shape.channels_out / shape.groups,
            size: [0, 1].map(|axis| size[axis] + reach(axis)),
            inner: shape.output(),
            lead: [0, 1].map(|axis| reach(axis) as isize - shape.padding[axis] as isize),
            step: shape.stride,
        }
    }

    /// Floats of one plane.
    fn len(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// Floats of all planes.
    fn floats(&self) -> usize {
        self.planes * self.len() + SLACK
    }

    /// What [`zeros`](Self::zeros) takes.
    pub(super) fn demand(&self) -> Demand {
        Demand::floats(self.floats())
    }

    pub(super) fn zeros(&self) -> Scratch {
        let mut framed = Scratch::new(self.floats());
        framed.fill(0.0);
        framed
    }

    /// Offset of each tap of the kernel in each plane; `place` turns the kernel
    /// around where needed.
    pub(super) fn offsets(
        &self,
        shape: &ConvShape,
        place: impl Fn(usize, usize) -> usize,
    ) -> Vec<usize> {
        let at = |axis: usize, tap| place(tap, shape.kernel[axis]) * shape.dilation[axis];
        (0..self.planes * shape.taps())
            .map(|index| (index / shape.taps(), index % shape.taps()))
            .map(|(plane, tap)| (plane, tap / shape.kernel[1], tap % shape.kernel[1]))
            .map(|(plane, ky, kx)| plane * self.len() + at(0, ky) * self.size[1] + at(1, kx))
            .collect()
    }

    /// The rows (axis 0) or columns (1) of the plane that lie inside the frame.
    pub(super) fn inside(&self, axis: usize) -> Range<usize> {
        let step = self.step[axis];
        let low = (-self.lead[axis]).max(0) as usize;
        let room = (self.size[axis] as isize - self.lead[axis]).max(0) as usize;
        let high = room.div_ceil(step).min(self.inner[axis]);
        low.div_ceil(step).min(high)..high
    }

    /// Where a row (axis 0) or column (1) of the plane lies in the frame.
    pub(super) fn place(&self, axis: usize, at: usize) -> usize {
        ((at * self.step[axis]) as isize + self.lead[axis]).max(0) as usize
    }

    pub(super) fn fill(&self, framed: &mut [f32], planes: &[f32]) {
        let columns = self.inside(1);
        if columns.is_empty() {
            return;
        }
        let inner = self.inner[0] * self.inner[1];
        for (plane, framed) in planes.chunks(inner).zip(framed.chunks_mut(self.len())) {
            for row in self.inside(0) {
                let from = &plane[row * self.inner[1]..][columns.clone()];
                let to = self.place(0, row) * self.size[1] + self.place(1, columns.start);
                let to = &mut framed[to..];
                if self.step[1] == 1 {
                    to[..from.len()].copy_from_slice(from);
                } else {
                    for (to, from) in to.iter_mut().step_by(self.step[1]).zip(from) {
                        *to = *from;
                    }
                }
            }
        }
    }
}
