//! Factors that depend on the map.

use super::kind::{
    AnyKind, Contents, Cost, Inner, LayerKind, NetworkError, Shape, Site, Value, Width,
};
use super::list;
use super::mismatch::mismatch;

/// `x · body(x)`, where the body of layers `L` makes one number per channel:
/// squeeze-and-excitation.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate<L>(pub Vec<L>);

impl<L: AsRef<AnyKind> + 'static> LayerKind for Gate<L> {
    fn name(&self) -> &str {
        "gate"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let factors = list::trace(&self.0, input, cost)?;
        match factors == Shape::vector(input.channels) {
            true => Ok(cost.written(input, 0)),
            false => Err(mismatch(self.name(), factors)),
        }
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Layers(vec![Inner::part("", &self.0)])
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, inner: Vec<Value>) -> Value {
        let parts = [x].into_iter().chain(inner);
        let parts: Vec<_> = parts.map(|part| site.map(part)).collect();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        Value::map(site.node("Mul", &parts, vec![]))
    }
}
