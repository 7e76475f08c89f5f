//! Pixels as tokens.

use onnx_graph::Attribute;

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::{expect_channels, mismatch};
use crate::parameter::{Kind, Parameter};

/// Pixels become tokens row by row, a class token `[1, 1, features]` goes first, registers
/// `[1, count, features]` follow it where there are any, and positions `[1, places, features]`, if there
/// are any, are added: to all tokens where there are no registers, else to those of pixels alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embed {
    /// Parameter path of the class token.
    pub class_token: String,
    /// Tokens that belong to no pixel and that no head reads (Darcet et al. 2024).
    pub registers: Option<Registers>,
    /// Parameter path of the positions; none where tokens have no positions here.
    pub positions: Option<String>,
    /// Features of a token.
    pub features: usize,
    /// Tokens, the class token and registers included.
    pub tokens: usize,
}

/// Registers of a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    /// Parameter path.
    pub path: String,
    /// How many, at least 1.
    pub count: usize,
}

impl Embed {
    /// Tokens before those of pixels.
    pub fn first(&self) -> usize {
        1 + self.registers.as_ref().map_or(0, |found| found.count)
    }

    /// How many tokens have positions: the last ones.
    pub fn places(&self) -> usize {
        match self.registers {
            Some(_) => self.tokens.saturating_sub(self.first()),
            None => self.tokens,
        }
    }
}

impl LayerKind for Embed {
    fn name(&self) -> &str {
        self.positions.as_ref().unwrap_or(&self.class_token)
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        expect_channels(self.name(), self.features, input)?;
        if input.pixels() + self.first() != self.tokens {
            return Err(mismatch(self.name(), input));
        }
        let output = Shape {
            channels: self.features,
            height: self.tokens,
            width: 1,
        };
        Ok(cost.written(output, 0))
    }

    fn contents(&self) -> Contents<'_> {
        let token = |path: &String, count, kind| {
            Parameter::new(path.clone(), vec![1, count, self.features], kind)
        };
        let class_token = token(&self.class_token, 1, Kind::ClassToken);
        let registers = self.registers.as_ref();
        let registers = registers.map(|found| token(&found.path, found.count, Kind::ClassToken));
        let positions = self.positions.as_ref();
        let positions = positions.map(|path| token(path, self.places(), Kind::Positions));
        let all = std::iter::once(class_token).chain(registers);
        Contents::Tensors(all.chain(positions).collect())
    }

    /// Tokens stand in rows until the end, as the tensors do.
    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        let weights = site.weights();
        let x = site.map(x);
        let rows = site.reshape(&x, vec![0, self.features as i64, -1]);
        let mut rows = site.transpose(&rows, [0, 2, 1]);
        let batch = vec![("start", Attribute::Int(0)), ("end", Attribute::Int(1))];
        let batch = site.node("Shape", &[&x], batch);
        let ones = site.ints("ones", vec![1, 1]);
        let shape = site.concatenate(&[batch, ones], 0);
        let (first, positions) = match &weights[..] {
            [first @ .., positions] if self.positions.is_some() => (first, Some(positions)),
            first => (first, None),
        };
        let (before, behind) = match self.registers {
            Some(_) => (positions, None),
            None => (None, positions),
        };
        if let Some(positions) = before {
            rows = site.node("Add", &[&rows, positions], vec![]);
        }
        let mut parts = Vec::new();
        for tokens in first {
            parts.push(site.node("Expand", &[tokens, &shape], vec![]));
        }
        parts.push(rows);
        let mut rows = site.concatenate(&parts, 1);
        if let Some(positions) = behind {
            rows = site.node("Add", &[&rows, positions], vec![]);
        }
        let columns = site.transpose(&rows, [0, 2, 1]);
        Value::map(site.unsqueeze(&columns, vec![3]))
    }
}
