//! Products of two maps.

use super::kind::{
    AnyKind, Contents, Cost, Inner, LayerKind, NetworkError, Shape, Site, Value, Width,
};
use super::list;
use super::mismatch::mismatch;

/// `first(x) · second(x)`, number by number, of two lists of layers `L` that make maps of one shape: the
/// gated perceptron (Shazeer 2020), where the first ends with a function. An empty list is the identity.
#[derive(Clone, Debug, PartialEq)]
pub struct Product<L>(pub [Vec<L>; 2]);

impl<L: AsRef<AnyKind> + 'static> LayerKind for Product<L> {
    fn name(&self) -> &str {
        "product"
    }

    fn width(&self, channels: usize) -> Width {
        Width::chosen(list::channels(&self.0[0], channels))
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let [first, second] = &self.0;
        let first = list::trace(first, input, cost)?;
        let second = list::trace(second, input, cost)?;
        match first == second {
            true => Ok(cost.written(first, 0)),
            false => Err(mismatch(self.name(), second)),
        }
    }

    fn contents(&self) -> Contents<'_> {
        let [first, second] = &self.0;
        Contents::Layers(vec![Inner::part("0", first), Inner::part("1", second)])
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], _: Value, inner: Vec<Value>) -> Value {
        let parts: Vec<_> = inner.into_iter().map(|part| site.map(part)).collect();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        Value::map(site.node("Mul", &parts, vec![]))
    }
}
