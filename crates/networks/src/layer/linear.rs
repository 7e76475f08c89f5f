//! Linear layers.

use onnx_graph::{Attribute, ints};

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::expect_channels;
use crate::parameter::{Kind, Parameter};

/// `W x + b` at every pixel or token, with weight `[features_out, features_in]` and, unless it has none,
/// bias `[features_out]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linear {
    /// Parameter path of the layer.
    pub path: String,
    /// Features read.
    pub features_in: usize,
    /// Features written.
    pub features_out: usize,
    /// Whether it has a bias.
    pub bias: bool,
}

impl LayerKind for Linear {
    fn name(&self) -> &str {
        &self.path
    }

    fn width(&self, _: usize) -> Width {
        Width::chosen(self.features_out)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        expect_channels(&self.path, self.features_in, input)?;
        let output = Shape {
            channels: self.features_out,
            ..input
        };
        Ok(cost.written(output, output.elements() * self.features_in))
    }

    fn contents(&self) -> Contents<'_> {
        let Self { path, .. } = self;
        let shape = vec![self.features_out, self.features_in];
        let bias = vec![self.features_out];
        let mut tensors = vec![Parameter::new(
            format!("{path}.weight"),
            shape,
            Kind::LinearWeight,
        )];
        if self.bias {
            tensors.push(Parameter::new(format!("{path}.bias"), bias, Kind::Bias));
        }
        Contents::Tensors(tensors)
    }

    /// Of a vector a matrix product, of a map a convolution of one pixel.
    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [input, _]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        if input.pixels() == 1 {
            let transposed = vec![("transB", Attribute::Int(1))];
            return site.operator_of_vector("Gemm", x, transposed);
        }
        let weights = site.weights_with_first(&[self.features_out, self.features_in, 1, 1]);
        let x = site.map(x);
        let attributes = vec![("kernel_shape", ints([1, 1]))];
        Value::map(site.weighted("Conv", &x, &weights, attributes))
    }
}
