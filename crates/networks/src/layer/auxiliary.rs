//! Second heads.

use super::kind::{AnyKind, Inner, LayerKind};
use super::list;
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Site, Value};
use crate::parameter::Parameter;

/// A second head of layers `L`: the map passes unchanged; in training the logits of these layers
/// add to the loss, in inference they are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Auxiliary<L>(pub Vec<L>);

impl<L: AsRef<AnyKind> + 'static> LayerKind for Auxiliary<L> {
    fn name(&self) -> &str {
        "auxiliary"
    }

    fn channels(&self, channels: usize) -> usize {
        channels
    }

    fn chooses_width(&self) -> bool {
        false
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        list::trace(&self.0, input, cost)?;
        Ok(input)
    }

    fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    fn inner(&self) -> Vec<Inner<'_>> {
        vec![Inner::head(&self.0)]
    }

    fn onnx(&self, _: &mut Site<'_, '_>, x: Value, _: Vec<Value>) -> Value {
        x
    }
}
