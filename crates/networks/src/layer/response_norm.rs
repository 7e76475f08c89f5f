//! Global response normalisation.

use onnx_graph::{Attribute, ints};

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::expect_channels;
use crate::parameter::{Kind, Parameter};

/// `x + scale · x · n + shift` (Woo et al. 2023, ConvNeXt V2), where `n` of a channel is the Euclidean
/// norm of its map over the mean of those of all channels: scale `<path>.weight` and shift
/// `<path>.bias`, `[channels]` each.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseNorm {
    /// Parameter path of the layer.
    pub path: String,
    /// Channels.
    pub channels: usize,
    /// Added to the mean of norms.
    pub epsilon: f64,
}

impl LayerKind for ResponseNorm {
    fn name(&self) -> &str {
        &self.path
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, _: &mut Cost) -> Result<Shape, NetworkError> {
        expect_channels(&self.path, self.channels, input)?;
        Ok(input)
    }

    fn contents(&self) -> Contents<'_> {
        let tensor =
            |name, kind| Parameter::new(format!("{}.{name}", self.path), vec![self.channels], kind);
        Contents::Tensors(vec![
            tensor("weight", Kind::ResponseScale),
            tensor("bias", Kind::NormShift),
        ])
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        let weights = site.weights();
        let x = site.map(x);
        let over = |axes| vec![("axes", axes), ("keepdims", Attribute::Int(1))];
        let norms = site.node("ReduceL2", &[&x], over(ints([2, 3])));
        let mean = site.node("ReduceMean", &[&norms], over(ints([1])));
        let epsilon = site.float("epsilon", self.epsilon as f32);
        let mean = site.node("Add", &[&mean, &epsilon], vec![]);
        let shares = site.node("Div", &[&norms, &mean], vec![]);
        let mut tensor = |name: &String| site.unsqueeze(name, vec![1, 2]);
        let tensors: Vec<String> = weights.iter().map(&mut tensor).collect();
        let [scale, shift] = [0, 1].map(|at| tensors.get(at).map_or("", String::as_str));
        let factors = site.node("Mul", &[&shares, scale], vec![]);
        let scaled = site.node("Mul", &[&x, &factors], vec![]);
        let scaled = site.node("Add", &[&scaled, shift], vec![]);
        Value::map(site.node("Add", &[&x, &scaled], vec![]))
    }
}
