//! Mean over a whole map.

use super::kind::{Inner, LayerKind};
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Site, Value};
use crate::parameter::Parameter;

/// Mean over rows and columns: a map becomes a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalAverage;

impl LayerKind for GlobalAverage {
    fn name(&self) -> &str {
        "global-average"
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
        site.operator("GlobalAveragePool", x, vec![])
    }
}
