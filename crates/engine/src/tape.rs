//! A training forward pass that is taken back part by part.

use std::collections::BTreeMap;

use burn::tensor::Tensor;

use crate::ops;

/// What a training forward pass leaves for the optimiser. It is cut into parts that go backward
/// one after the other, so that no more than one part's gradients exist at a time.
#[derive(Debug, Default)]
pub struct Tape {
    parts: Vec<Part>,
}

#[derive(Debug, Default)]
struct Part {
    /// The tracked leaf of every trained tensor, by path.
    leaves: BTreeMap<String, Tensor<1>>,
    /// The scalar whose backward pass goes on with the part before.
    rest: Option<Tensor<1>>,
}

impl Tape {
    /// The leaf of a trained tensor in the present part.
    pub(crate) fn leaf(&mut self, path: &str, tensor: &Tensor<1>) -> Tensor<1> {
        let part = self.present();
        let leaf = || tensor.clone().autodiff().require_grad();
        part.leaves
            .entry(path.to_string())
            .or_insert_with(leaf)
            .clone()
    }

    /// Begins a new part at `x` and returns what stands for `x` in it.
    pub(crate) fn cut(&mut self, x: Tensor<4>) -> Tensor<4> {
        // A part without tensors has nothing to hand out.
        if self.present().leaves.is_empty() {
            return x;
        }
        let (x, rest) = ops::cut(x);
        self.parts.push(Part {
            leaves: BTreeMap::new(),
            rest: Some(rest),
        });
        x
    }

    fn present(&mut self) -> &mut Part {
        if self.parts.is_empty() {
            self.parts.push(Part::default());
        }
        let last = self.parts.len() - 1;
        &mut self.parts[last]
    }

    /// Goes backward from the scalar `loss` and hands the gradient of every trained tensor to
    /// `take`, from the head to the input. By then nothing here holds the tensor any more, so
    /// that it may be written in place.
    pub fn backward(mut self, loss: Tensor<1>, mut take: impl FnMut(&str, Tensor<1>)) {
        let mut objective = loss;
        while let Some(part) = self.parts.pop() {
            let mut gradients = objective.backward();
            let mut found = Vec::new();
            for (path, leaf) in part.leaves {
                if let Some(gradient) = leaf.grad_remove(&mut gradients) {
                    found.push((path, gradient));
                }
            }
            drop(gradients);
            for (path, gradient) in found {
                take(&path, gradient);
            }
            match part.rest {
                Some(rest) => objective = rest,
                None => break,
            }
        }
    }
}
