//! Batch normalisation.

use super::kind::{Inner, LayerKind};
use super::norm::Norm;
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Site, Value};
use crate::parameter::Parameter;

/// Batch normalisation, with running statistics `<path>.running_mean` and `.running_var`,
/// `[channels]` each.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm(pub Norm);

impl LayerKind for BatchNorm {
    fn name(&self) -> &str {
        &self.0.path
    }

    fn channels(&self, channels: usize) -> usize {
        channels
    }

    fn chooses_width(&self) -> bool {
        false
    }

    fn trace(&self, input: Shape, _: &mut Cost) -> Result<Shape, NetworkError> {
        self.0.output(input)
    }

    fn parameters(&self) -> Vec<Parameter> {
        [self.0.affine(), self.0.statistics()].concat()
    }

    fn inner(&self) -> Vec<Inner<'_>> {
        Vec::new()
    }

    fn onnx(&self, site: &mut Site<'_, '_>, x: Value, _: Vec<Value>) -> Value {
        let attributes = vec![self.0.epsilon_attribute()];
        site.operator("BatchNormalization", x, attributes)
    }
}
