//! Self-attention.

use onnx_graph::Attribute;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::expect_channels;

/// Self-attention of tokens that hold query, key and value one after the other: `3 · features`
/// channels become `features`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    /// Heads; they share the features evenly.
    pub heads: usize,
    /// Features written.
    pub features: usize,
}

impl LayerKind for Attention {
    fn name(&self) -> &str {
        "attention"
    }

    fn width(&self, _: usize) -> Width {
        Width::chosen(self.features)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        expect_channels(self.name(), 3 * self.features, input)?;
        let output = Shape {
            channels: self.features,
            ..input
        };
        let tokens = input.pixels();
        Ok(cost.written(output, 2 * tokens * tokens * self.features))
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    /// Tokens stay columns: `v · softmax(qᵀ k / √d)ᵀ` in every head of `d` features.
    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [_, output]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let x = site.map(x);
        let heads = self.heads;
        let width = output.channels / heads;
        let by_head = [0, 3 * heads, width, output.pixels()];
        let all = site.reshape(&x, by_head.map(|n| n as i64).to_vec());
        let split = site.ints("split", vec![heads as i64; 3]);
        let axis = vec![("axis", Attribute::Int(1))];
        let [q, k, v] = site.node_with("Split", &[&all, &split], axis);
        let scale = site.float("scale", 1.0 / (width as f32).sqrt());
        let q = site.transpose(&q, [0, 1, 3, 2]);
        let q = site.node("Mul", &[&q, &scale], vec![]);
        let scores = site.node("MatMul", &[&q, &k], vec![]);
        let shares = site.softmax(&scores);
        let shares = site.transpose(&shares, [0, 1, 3, 2]);
        let y = site.node("MatMul", &[&v, &shares], vec![]);
        let map = [0, output.channels, output.height, output.width];
        Value::map(site.reshape(&y, map.map(|n| n as i64).to_vec()))
    }
}
