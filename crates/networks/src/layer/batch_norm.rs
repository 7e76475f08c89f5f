//! Batch normalisation.

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::norm::Norm;

/// Batch normalisation, with running statistics `<path>.running_mean` and `.running_var`,
/// `[channels]` each.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm(pub Norm);

impl LayerKind for BatchNorm {
    fn name(&self) -> &str {
        &self.0.path
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, _: &mut Cost) -> Result<Shape, NetworkError> {
        self.0.output(input)
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Tensors([self.0.affine(), self.0.statistics()].concat())
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        let attributes = vec![self.0.epsilon_attribute()];
        site.operator("BatchNormalization", x, attributes)
    }
}
