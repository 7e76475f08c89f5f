//! Self-attention within windows.

use onnx_graph::Attribute;

use super::attention::Attention;
use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::mismatch;
use super::windows::Windows;
use crate::parameter::{Kind, Parameter};

/// Self-attention of the tokens of every window to each other, with a learnt number `<path>`
/// `[(2 edge − 1)², heads]` added to the score of two tokens for how far they are apart: row
/// `(rows apart + edge − 1)(2 edge − 1) + columns apart + edge − 1`, query less key. Tokens that only
/// rolling has made neighbours get 100 less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowAttention {
    /// Parameter path of what is added.
    pub path: String,
    /// What tokens hold, and heads.
    pub attention: Attention,
    /// How the map was cut.
    pub windows: Windows,
}

impl WindowAttention {
    /// How many ways of being apart there are.
    pub fn places(&self) -> usize {
        self.windows.edge.saturating_mul(2).saturating_sub(1).pow(2)
    }

    /// Row of what is added, for every query and key.
    fn rows(&self) -> Vec<i64> {
        let (edge, tokens) = (self.windows.edge, self.windows.tokens());
        let along = |query: usize, key: usize| query + edge - 1 - key;
        let row = |at: usize| {
            let [query, key] = [at / tokens, at % tokens];
            let down = along(query / edge, key / edge);
            (down * (2 * edge - 1) + along(query % edge, key % edge)) as i64
        };
        (0..tokens * tokens).map(row).collect()
    }
}

impl LayerKind for WindowAttention {
    fn name(&self) -> &str {
        &self.path
    }

    fn width(&self, channels: usize) -> Width {
        self.attention.width(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let Attention { features, .. } = self.attention;
        if input != self.windows.shape(3 * features) {
            return Err(mismatch(self.name(), input));
        }
        let output = self.windows.shape(features);
        let macs = 2 * output.elements() * self.windows.tokens();
        Ok(cost.written(output, macs))
    }

    fn contents(&self) -> Contents<'_> {
        let shape = vec![self.places(), self.attention.heads];
        let kind = Kind::RelativePositions;
        Contents::Tensors(vec![Parameter::new(self.path.clone(), shape, kind)])
    }

    /// Tokens stay columns: `v · softmax(qᵀ k / √d + bias)ᵀ` in every head of `d` features.
    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [_, output]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let table = site.weights().pop().unwrap_or_default();
        let x = site.map(x);
        let heads = self.attention.heads;
        let (features, tokens) = (output.channels / heads, self.windows.tokens());
        let long = |shape: &[usize]| shape.iter().map(|n| *n as i64).collect::<Vec<i64>>();
        let by_head = long(&[0, 3 * heads, features, output.height, tokens]);
        let all = site.reshape(&x, by_head);
        let all = site.transpose(&all, [0, 1, 3, 2, 4]);
        let split = site.ints("split", vec![heads as i64; 3]);
        let axis = vec![("axis", Attribute::Int(1))];
        let [q, k, v] = site.node_with("Split", &[&all, &split], axis);
        let scale = site.float("scale", 1.0 / (features as f32).sqrt());
        let q = site.transpose(&q, [0, 1, 2, 4, 3]);
        let q = site.node("Mul", &[&q, &scale], vec![]);
        let scores = site.node("MatMul", &[&q, &k], vec![]);
        let rows = site.ints("rows", self.rows());
        let bias = site.node("Gather", &[&table, &rows], vec![]);
        let bias = site.transpose(&bias, [1, 0]);
        let bias = site.reshape(&bias, long(&[1, heads, 1, tokens, tokens]));
        let mut scores = site.node("Add", &[&scores, &bias], vec![]);
        if let Some(mask) = self.windows.mask() {
            let mask = site.floats("mask", &[output.height, tokens, tokens], mask);
            scores = site.node("Add", &[&scores, &mask], vec![]);
        }
        let shares = site.softmax(&scores);
        let shares = site.transpose(&shares, [0, 1, 2, 4, 3]);
        let y = site.node("MatMul", &[&v, &shares], vec![]);
        let y = site.transpose(&y, [0, 1, 3, 2, 4]);
        Value::map(site.reshape(&y, long(&[0, output.channels, output.height, tokens])))
    }
}
