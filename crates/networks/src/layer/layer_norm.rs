//! Normalisation over channels.

use super::kind::{Inner, LayerKind};
use super::norm::Norm;
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Attribute, Site, Value};
use crate::parameter::Parameter;

/// Normalisation over the channels of every pixel or token by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNorm(pub Norm);

impl LayerKind for LayerNorm {
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
        self.0.affine()
    }

    fn inner(&self) -> Vec<Inner<'_>> {
        Vec::new()
    }

    /// The operator normalises the last axis, so the channels of a map go there and back.
    fn onnx(&self, site: &mut Site<'_, '_>, x: Value, _: Vec<Value>) -> Value {
        let operator = "LayerNormalization";
        let attributes = vec![("axis", Attribute::Int(-1)), self.0.epsilon_attribute()];
        if site.input.pixels() == 1 {
            return site.operator_of_vector(operator, x, attributes);
        }
        let weights = site.weights();
        let x = site.map(x);
        let last = site.transpose(&x, [0, 2, 3, 1]);
        let y = site.weighted(operator, &last, &weights, attributes);
        Value::map(site.transpose(&y, [0, 3, 1, 2]))
    }
}
