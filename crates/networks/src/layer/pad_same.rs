//! TensorFlow's `SAME`.

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};

/// Zeros around the map as TensorFlow's `SAME` has them for a window of `kernel` and `stride`: one
/// more at the bottom and right where their number is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PadSame {
    /// Height and width of the window that follows, in pixels.
    pub kernel: [usize; 2],
    /// Its step, in pixels.
    pub stride: [usize; 2],
}

impl LayerKind for PadSame {
    fn name(&self) -> &str {
        "pad-same"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let [top, bottom, left, right] = same_border(input, self.kernel, self.stride);
        let output = Shape {
            height: input.height + top + bottom,
            width: input.width + left + right,
            ..input
        };
        Ok(cost.written(output, 0))
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [input, _]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let x = site.map(x);
        let border = same_border(input, self.kernel, self.stride);
        let [top, bottom, left, right] = border.map(|pixels| pixels as i64);
        let pads = site.ints("pads", vec![0, 0, top, left, 0, 0, bottom, right]);
        Value::map(site.node("Pad", &[&x, &pads], vec![]))
    }
}

/// Zeros at the top, bottom, left and right that TensorFlow's `SAME` adds to a map of shape
/// `input`, so that a window gives ⌈n / stride⌉ outputs along every axis.
pub fn same_border(input: Shape, kernel: [usize; 2], stride: [usize; 2]) -> [usize; 4] {
    let total = |n: usize, i: usize| {
        let outputs = n.div_ceil(stride[i]).max(1);
        ((outputs - 1) * stride[i] + kernel[i]).saturating_sub(n)
    };
    let (rows, columns) = (total(input.height, 0), total(input.width, 1));
    [
        rows / 2,
        rows - rows / 2,
        columns / 2,
        columns - columns / 2,
    ]
}
