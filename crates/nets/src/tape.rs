//! A training forward pass that is taken back part by part.

use std::collections::BTreeMap;

use burn::tensor::Tensor;

use crate::ops::seed;

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
    /// The output of the part before, and the tracked leaf that stands for it here.
    joint: Option<[Tensor<4>; 2]>,
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
        let leaf = x.clone().without_autodiff().autodiff().require_grad();
        self.parts.push(Part {
            leaves: BTreeMap::new(),
            joint: Some([x, leaf.clone()]),
        });
        leaf
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
            for (path, gradient) in found {
                take(&path, gradient);
            }
            let Some([output, leaf]) = part.joint else {
                break;
            };
            let Some(gradient) = leaf.grad_remove(&mut gradients) else {
                break;
            };
            objective = seed(output, gradient);
        }
    }
}
