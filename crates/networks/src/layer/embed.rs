//! Pixels as tokens.

use onnx_graph::Attribute;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::{expect_channels, mismatch};
use crate::parameter::{Kind, Parameter};

/// Pixels become tokens row by row, a class token `[1, 1, features]` goes first, and positions
/// `[1, tokens, features]` are added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embed {
    /// Parameter path of the class token.
    pub class_token: String,
    /// Parameter path of the positions.
    pub positions: String,
    /// Features of a token.
    pub features: usize,
    /// Tokens, the class token included.
    pub tokens: usize,
}

impl LayerKind for Embed {
    fn name(&self) -> &str {
        &self.positions
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        expect_channels(&self.positions, self.features, input)?;
        if input.pixels() + 1 != self.tokens {
            return Err(mismatch(&self.positions, input));
        }
        let output = Shape {
            channels: self.features,
            height: self.tokens,
            width: 1,
        };
        Ok(cost.written(output, 0))
    }

    fn contents(&self) -> Contents<'_> {
        let token = vec![1, 1, self.features];
        let all = vec![1, self.tokens, self.features];
        Contents::Tensors(vec![
            Parameter::new(self.class_token.clone(), token, Kind::ClassToken),
            Parameter::new(self.positions.clone(), all, Kind::Positions),
        ])
    }

    /// Tokens stand in rows until the end, as the two tensors do.
    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        let weights = site.weights();
        let x = site.map(x);
        let rows = site.reshape(&x, vec![0, self.features as i64, -1]);
        let rows = site.transpose(&rows, [0, 2, 1]);
        let batch = vec![("start", Attribute::Int(0)), ("end", Attribute::Int(1))];
        let batch = site.node("Shape", &[&x], batch);
        let ones = site.ints("ones", vec![1, 1]);
        let shape = site.concatenate(&[batch, ones], 0);
        let class_tokens = site.node("Expand", &[&weights[0], &shape], vec![]);
        let rows = site.concatenate(&[class_tokens, rows], 1);
        let rows = site.node("Add", &[&rows, &weights[1]], vec![]);
        let columns = site.transpose(&rows, [0, 2, 1]);
        Value::map(site.unsqueeze(&columns, vec![3]))
    }
}
