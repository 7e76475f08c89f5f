//! Channels in reverse order.

use onnx_graph::Attribute;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};

/// The channels in reverse order: a network that reads BGR begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReverseChannels;

impl LayerKind for ReverseChannels {
    fn name(&self) -> &str {
        "reverse-channels"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, _: &mut Cost) -> Result<Shape, NetworkError> {
        Ok(input)
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
        let indices = (0..input.channels as i64).rev().collect();
        let indices = site.ints("indices", indices);
        let axis = vec![("axis", Attribute::Int(1))];
        Value::map(site.node("Gather", &[&x, &indices], axis))
    }
}
