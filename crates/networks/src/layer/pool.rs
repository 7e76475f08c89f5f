//! Where the windows of pools lie.

use onnx_graph::{Attribute, ints};

use super::shape::Shape;
use super::window::window_count;
use crate::network_error::NetworkError;

/// Where the windows of a pool lie, rows first, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolGeometry {
    /// Extent of a window, at least 1.
    pub kernel: [usize; 2],
    /// Step between neighbouring windows, at least 1.
    pub stride: [usize; 2],
    /// Border added on both sides, at most half a window.
    pub padding: [usize; 2],
    /// Whether a last window may reach past the border.
    pub ceil: bool,
}

impl PoolGeometry {
    /// The shape that leaves the pool called `name` when `input` enters.
    pub(super) fn output(&self, name: &str, input: Shape) -> Result<Shape, NetworkError> {
        let size = |n: usize, i: usize| {
            let slack = if self.ceil { self.stride[i] - 1 } else { 0 };
            let (kernel, stride, padding) = (self.kernel[i], self.stride[i], self.padding[i]);
            // One window at least lies within map and border.
            window_count(n, kernel, stride, padding, 1)?;
            let count = window_count(n + slack, kernel, stride, padding, 1)?;
            // A window that would start behind the map is left out, as in PyTorch.
            let starts_behind = (count - 1) * stride >= n + padding;
            Some(count - usize::from(self.ceil && starts_behind))
        };
        match (size(input.height, 0), size(input.width, 1)) {
            (Some(height), Some(width)) => Ok(Shape {
                height,
                width,
                ..input
            }),
            _ => Err(NetworkError::MapTooSmall {
                layer: name.into(),
                height: input.height,
                width: input.width,
                kernel: self.kernel,
            }),
        }
    }

    /// Border at the bottom and right that the last windows reach, for maps of these shapes read
    /// and written. ONNX is told it, because runtimes do not agree on which windows `ceil_mode`
    /// has.
    pub(super) fn far_border(&self, [input, output]: [Shape; 2]) -> [usize; 2] {
        let far = |axis: usize, n: usize, windows: usize| {
            let end = (windows - 1) * self.stride[axis] + self.kernel[axis];
            let needed = end.saturating_sub(n + self.padding[axis]);
            needed.max(self.padding[axis])
        };
        [
            far(0, input.height, output.height),
            far(1, input.width, output.width),
        ]
    }

    /// What ONNX's operators are told of the windows.
    pub(super) fn attributes(&self, far_border: [usize; 2]) -> Vec<(&'static str, Attribute)> {
        let ([top, left], [bottom, right]) = (self.padding, far_border);
        vec![
            ("kernel_shape", ints(self.kernel)),
            ("strides", ints(self.stride)),
            ("pads", ints([top, left, bottom, right])),
        ]
    }
}
