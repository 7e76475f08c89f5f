//! Mean over a whole map.

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};

/// Mean over rows and columns: a map becomes a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalAverage;

impl LayerKind for GlobalAverage {
    fn name(&self) -> &str {
        "global-average"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        Ok(cost.written(Shape::vector(input.channels), 0))
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        site.operator("GlobalAveragePool", x, vec![])
    }
}
