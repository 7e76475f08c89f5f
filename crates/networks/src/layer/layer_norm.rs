//! Normalisation over channels.

use onnx_graph::Attribute;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::norm::Norm;

/// Normalisation over the channels of every pixel or token by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNorm(pub Norm);

impl LayerKind for LayerNorm {
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
        Contents::Tensors(self.0.affine())
    }

    /// The operator normalises the last axis, so the channels of a map go there and back.
    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [input, _]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let operator = "LayerNormalization";
        let attributes = vec![("axis", Attribute::Int(-1)), self.0.epsilon_attribute()];
        if input.pixels() == 1 {
            return site.operator_of_vector(operator, x, attributes);
        }
        let weights = site.weights();
        let x = site.map(x);
        let last = site.transpose(&x, [0, 2, 3, 1]);
        let y = site.weighted(operator, &last, &weights, attributes);
        Value::map(site.transpose(&y, [0, 3, 1, 2]))
    }
}
