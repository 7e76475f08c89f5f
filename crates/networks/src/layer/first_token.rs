//! The first of a sequence.

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};

/// The first token alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstToken;

impl LayerKind for FirstToken {
    fn name(&self) -> &str {
        "first-token"
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
        let x = site.map(x);
        let starts = site.ints("starts", vec![0, 0]);
        let ends = site.ints("ends", vec![1, 1]);
        let axes = site.ints("axes", vec![2, 3]);
        Value::map(site.node("Slice", &[&x, &starts, &ends, &axes], vec![]))
    }
}
