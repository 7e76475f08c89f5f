//! Operators that ONNX has under another shape, or only in parts.

use std::f32::consts::FRAC_1_SQRT_2;

use super::graph::{Attribute, Graph, ints};
use crate::layer::Shape;
use crate::layer::{Activation, PoolGeometry};

/// `at` is the name of the layer, `x` that of what it reads; each gives the name of what it writes.
impl Graph<'_> {
    /// An operator that reads `x` and tensors.
    pub(super) fn weighted(
        &mut self,
        at: &str,
        operator: &'static str,
        x: &str,
        tensors: &[String],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> String {
        let mut inputs = vec![x];
        inputs.extend(tensors.iter().map(String::as_str));
        self.node(at, operator, &inputs, attributes)
    }

    pub(super) fn reverse_channels(&mut self, at: &str, x: &str, channels: usize) -> String {
        let indices = self.ints(at, "indices", (0..channels as i64).rev().collect());
        let axis = vec![("axis", Attribute::Int(1))];
        self.node(at, "Gather", &[x, &indices], axis)
    }

    /// Zeros at the top, bottom, left and right of a map.
    pub(super) fn pad(&mut self, at: &str, x: &str, border: [usize; 4]) -> String {
        let [top, bottom, left, right] = border.map(|pixels| pixels as i64);
        let pads = self.ints(at, "pads", vec![0, 0, top, left, 0, 0, bottom, right]);
        self.node(at, "Pad", &[x, &pads], vec![])
    }

    pub(super) fn activation(&mut self, at: &str, activation: Activation, x: &str) -> String {
        match activation {
            Activation::Relu => self.node(at, "Relu", &[x], vec![]),
            Activation::Sigmoid => self.node(at, "Sigmoid", &[x], vec![]),
            Activation::Relu6 => {
                let (least, most) = (self.float(at, "min", 0.0), self.float(at, "max", 6.0));
                self.node(at, "Clip", &[x, &least, &most], vec![])
            }
            Activation::Silu => {
                let share = self.node(at, "Sigmoid", &[x], vec![]);
                self.node(at, "Mul", &[x, &share], vec![])
            }
            // x · Φ(x) = x · (1 + erf(x / √2)) / 2; `Gelu` came with version 20 of the operators.
            Activation::Gelu => {
                let [root, one, half] = [("root", FRAC_1_SQRT_2), ("one", 1.0), ("half", 0.5)]
                    .map(|(role, value)| self.float(at, role, value));
                let scaled = self.node(at, "Mul", &[x, &root], vec![]);
                let erf = self.node(at, "Erf", &[&scaled], vec![]);
                let sum = self.node(at, "Add", &[&erf, &one], vec![]);
                let product = self.node(at, "Mul", &[x, &sum], vec![]);
                self.node(at, "Mul", &[&product, &half], vec![])
            }
        }
    }

    /// The operator normalises the last axis, so the channels of a map go there and back.
    pub(super) fn layer_norm(
        &mut self,
        at: &str,
        x: &str,
        tensors: &[String],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> String {
        let last = self.transpose(at, x, [0, 2, 3, 1]);
        let y = self.weighted(at, "LayerNormalization", &last, tensors, attributes);
        self.transpose(at, &y, [0, 3, 1, 2])
    }

    /// `shapes` are those of what is read and written.
    pub(super) fn max_pool(
        &mut self,
        at: &str,
        pool: &PoolGeometry,
        shapes: [Shape; 2],
        x: &str,
    ) -> String {
        self.node(at, "MaxPool", &[x], windows(pool, far_border(pool, shapes)))
    }

    /// The zeros of the border count, but not what a last window of `ceil` has behind them.
    pub(super) fn average_pool(
        &mut self,
        at: &str,
        pool: &PoolGeometry,
        shapes: [Shape; 2],
        x: &str,
    ) -> String {
        let far = far_border(pool, shapes);
        let mut attributes = windows(pool, far);
        attributes.push(("count_include_pad", Attribute::Int(1)));
        let y = self.node(at, "AveragePool", &[x], attributes);
        if far == pool.padding {
            return y;
        }
        let [input, output] = shapes;
        let factor = |axis: usize, n: usize, window: usize| {
            let left = n + 2 * pool.padding[axis] - window * pool.stride[axis];
            pool.kernel[axis] as f32 / left.min(pool.kernel[axis]) as f32
        };
        let columns: Vec<f32> = (0..output.width)
            .map(|column| factor(1, input.width, column))
            .collect();
        let factors = (0..output.height)
            .map(|row| factor(0, input.height, row))
            .flat_map(|of_row| columns.iter().map(move |of_column| of_row * of_column))
            .collect();
        let shape = [1, 1, output.height, output.width];
        let factors = self.floats(at, "factors", &shape, factors);
        self.node(at, "Mul", &[&y, &factors], vec![])
    }

    /// `tensors` are the class token `[1, 1, features]` and the positions `[1, tokens, features]`.
    /// Tokens stand in rows until the end, as these two do.
    pub(super) fn embed(
        &mut self,
        at: &str,
        features: usize,
        x: &str,
        tensors: &[String],
    ) -> String {
        let rows = self.reshape(at, x, vec![0, features as i64, -1]);
        let rows = self.transpose(at, &rows, [0, 2, 1]);
        let batch = vec![("start", Attribute::Int(0)), ("end", Attribute::Int(1))];
        let batch = self.node(at, "Shape", &[x], batch);
        let ones = self.ints(at, "ones", vec![1, 1]);
        let shape = self.concatenate(at, &[batch, ones], 0);
        let class_tokens = self.node(at, "Expand", &[&tensors[0], &shape], vec![]);
        let rows = self.concatenate(at, &[class_tokens, rows], 1);
        let rows = self.node(at, "Add", &[&rows, &tensors[1]], vec![]);
        let columns = self.transpose(at, &rows, [0, 2, 1]);
        self.unsqueeze(at, &columns, vec![3])
    }

    /// Writes a map of shape `output`. Tokens stay columns: `v · softmax(qᵀ k / √d)ᵀ` in every
    /// head of `d` features.
    pub(super) fn attention(&mut self, at: &str, heads: usize, output: Shape, x: &str) -> String {
        let width = output.channels / heads;
        let by_head = [0, 3 * heads, width, output.pixels()];
        let all = self.reshape(at, x, by_head.map(|n| n as i64).to_vec());
        let split = self.ints(at, "split", vec![heads as i64; 3]);
        let axis = vec![("axis", Attribute::Int(1))];
        let [q, k, v] = self.node_with(at, "Split", &[&all, &split], axis);
        let scale = self.float(at, "scale", 1.0 / (width as f32).sqrt());
        let q = self.transpose(at, &q, [0, 1, 3, 2]);
        let q = self.node(at, "Mul", &[&q, &scale], vec![]);
        let scores = self.node(at, "MatMul", &[&q, &k], vec![]);
        let shares = self.softmax(at, &scores);
        let shares = self.transpose(at, &shares, [0, 1, 3, 2]);
        let y = self.node(at, "MatMul", &[&v, &shares], vec![]);
        let map = [0, output.channels, output.height, output.width];
        self.reshape(at, &y, map.map(|n| n as i64).to_vec())
    }

    pub(super) fn first_token(&mut self, at: &str, x: &str) -> String {
        let starts = self.ints(at, "starts", vec![0, 0]);
        let ends = self.ints(at, "ends", vec![1, 1]);
        let axes = self.ints(at, "axes", vec![2, 3]);
        self.node(at, "Slice", &[x, &starts, &ends, &axes], vec![])
    }

    /// Over the last axis.
    pub(super) fn softmax(&mut self, at: &str, x: &str) -> String {
        let axis = vec![("axis", Attribute::Int(-1))];
        self.node(at, "Softmax", &[x], axis)
    }

    pub(super) fn concatenate(&mut self, at: &str, parts: &[String], axis: i64) -> String {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.node(at, "Concat", &parts, vec![("axis", Attribute::Int(axis))])
    }

    /// New axes of extent 1.
    pub(super) fn unsqueeze(&mut self, at: &str, x: &str, axes: Vec<i64>) -> String {
        let axes = self.ints(at, "axes", axes);
        self.node(at, "Unsqueeze", &[x, &axes], vec![])
    }

    fn transpose<const N: usize>(&mut self, at: &str, x: &str, axes: [usize; N]) -> String {
        self.node(at, "Transpose", &[x], vec![("perm", ints(axes))])
    }

    /// An extent of 0 stays what it is: the batch.
    fn reshape(&mut self, at: &str, x: &str, shape: Vec<i64>) -> String {
        let shape = self.ints(at, "shape", shape);
        self.node(at, "Reshape", &[x, &shape], vec![])
    }
}

/// Border at the bottom and right that the last windows reach. Written out, because runtimes do
/// not agree on which windows `ceil_mode` has.
fn far_border(pool: &PoolGeometry, [input, output]: [Shape; 2]) -> [usize; 2] {
    let far = |axis: usize, n: usize, windows: usize| {
        let end = (windows - 1) * pool.stride[axis] + pool.kernel[axis];
        let needed = end.saturating_sub(n + pool.padding[axis]);
        needed.max(pool.padding[axis])
    };
    [
        far(0, input.height, output.height),
        far(1, input.width, output.width),
    ]
}

fn windows(pool: &PoolGeometry, [bottom, right]: [usize; 2]) -> Vec<(&'static str, Attribute)> {
    let [top, left] = pool.padding;
    vec![
        ("kernel_shape", ints(pool.kernel)),
        ("strides", ints(pool.stride)),
        ("pads", ints([top, left, bottom, right])),
    ]
}
