//! The first of a sequence.

use super::kind::{Inner, LayerKind};
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Site, Value};
use crate::parameter::Parameter;

/// The first token alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstToken;

impl LayerKind for FirstToken {
    fn name(&self) -> &str {
        "first-token"
    }

    fn channels(&self, channels: usize) -> usize {
        channels
    }

    fn chooses_width(&self) -> bool {
        false
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        Ok(cost.written(Shape::vector(input.channels), 0))
    }

    fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    fn inner(&self) -> Vec<Inner<'_>> {
        Vec::new()
    }

    fn onnx(&self, site: &mut Site<'_, '_>, x: Value, _: Vec<Value>) -> Value {
        let x = site.map(x);
        let starts = site.ints("starts", vec![0, 0]);
        let ends = site.ints("ends", vec![1, 1]);
        let axes = site.ints("axes", vec![2, 3]);
        Value::map(site.node("Slice", &[&x, &starts, &ends, &axes], vec![]))
    }
}
