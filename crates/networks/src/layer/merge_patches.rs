//! Neighbouring pixels as one.

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::windows::picked;

/// 2 × 2 pixels become one of four times the channels: all of the upper left one, then of the lower
/// left, upper right and lower right. A side of odd length gets zeros behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergePatches;

impl LayerKind for MergePatches {
    fn name(&self) -> &str {
        "merge-patches"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(4 * channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let output = Shape {
            channels: 4 * input.channels,
            height: input.height.div_ceil(2),
            width: input.width.div_ceil(2),
        };
        Ok(cost.written(output, 0))
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [input, output]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let mut places = Vec::new();
        for [down, right] in [[0, 0], [1, 0], [0, 1], [1, 1]] {
            for pixel in 0..output.pixels() {
                let row = 2 * (pixel / output.width) + down;
                let column = 2 * (pixel % output.width) + right;
                places.push(match row < input.height && column < input.width {
                    true => (row * input.width + column) as i64,
                    false => input.pixels() as i64,
                });
            }
        }
        let corners = Shape {
            channels: input.channels,
            height: 4,
            width: output.pixels(),
        };
        let corners = picked(site, x, places, corners);
        let corners = site.transpose(&corners, [0, 2, 1, 3]);
        let map = [0, output.channels, output.height, output.width];
        Value::map(site.reshape(&corners, map.map(|n| n as i64).to_vec()))
    }
}
