//! Factors that depend on the map.

use super::kind::{AnyKind, Inner, LayerKind};
use super::list;
use super::mismatch::mismatch;
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Site, Value};
use crate::parameter::Parameter;

/// `x · body(x)`, where the body of layers `L` makes one number per channel:
/// squeeze-and-excitation.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate<L>(pub Vec<L>);

impl<L: AsRef<AnyKind> + 'static> LayerKind for Gate<L> {
    fn name(&self) -> &str {
        "gate"
    }

    fn channels(&self, channels: usize) -> usize {
        channels
    }

    fn chooses_width(&self) -> bool {
        false
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let factors = list::trace(&self.0, input, cost)?;
        match factors == Shape::vector(input.channels) {
            true => Ok(cost.written(input, 0)),
            false => Err(mismatch(self.name(), factors)),
        }
    }

    fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    fn inner(&self) -> Vec<Inner<'_>> {
        vec![Inner::part("", &self.0)]
    }

    fn onnx(&self, site: &mut Site<'_, '_>, x: Value, inner: Vec<Value>) -> Value {
        let parts = [x].into_iter().chain(inner);
        let parts: Vec<_> = parts.map(|part| site.map(part)).collect();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        Value::map(site.node("Mul", &parts, vec![]))
    }
}
