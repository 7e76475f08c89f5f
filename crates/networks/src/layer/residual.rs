//! Residual sums.

use super::kind::{
    AnyKind, Contents, Cost, Inner, LayerKind, NetworkError, Shape, Site, Value, Width,
};
use super::list;
use super::mismatch::mismatch;

/// `body(x) + shortcut(x)` of layers `L`; an empty shortcut is the identity.
#[derive(Clone, Debug, PartialEq)]
pub struct Residual<L> {
    /// The layers that learn the residual.
    pub body: Vec<L>,
    /// The projection, where shapes change.
    pub shortcut: Vec<L>,
    /// Whether `max(·, 0)` follows the sum.
    pub relu: bool,
}

impl<L: AsRef<AnyKind> + 'static> LayerKind for Residual<L> {
    fn name(&self) -> &str {
        "residual"
    }

    fn width(&self, channels: usize) -> Width {
        Width {
            channels: list::channels(&self.body, channels),
            is_chosen: self
                .shortcut
                .iter()
                .any(|layer| layer.as_ref().width(channels).is_chosen),
        }
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let sum = list::trace(&self.body, input, cost)?;
        let projected = list::trace(&self.shortcut, input, cost)?;
        match sum == projected {
            true => Ok(cost.written(sum, 0)),
            false => Err(mismatch(self.name(), projected)),
        }
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Layers(vec![
            Inner::part("body", &self.body),
            Inner::part("shortcut", &self.shortcut),
        ])
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], _: Value, inner: Vec<Value>) -> Value {
        let parts: Vec<_> = inner.into_iter().map(|part| site.map(part)).collect();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        let sum = site.node("Add", &parts, vec![]);
        Value::map(match self.relu {
            true => site.node("Relu", &[&sum], vec![]),
            false => sum,
        })
    }
}
