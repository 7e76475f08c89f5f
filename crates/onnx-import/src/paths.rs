//! A tree as layers in words, with its tensors under the paths that these layers have.

use networks::zoo::{OwnConv, OwnLayer, OwnResidual};
use networks::{HostTensor, Weights};

use super::node::pair;
use super::step::{Step, Work};
use super::tree::Tree;

/// Layers being written.
pub(crate) struct Writing<'s, 'a> {
    pub(crate) steps: &'s mut [Step<'a>],
    pub(crate) weights: Weights,
}

impl Writing<'_, '_> {
    /// The layers of a list whose paths begin with `path`.
    pub(crate) fn layers(&mut self, path: &str, trees: &[Tree]) -> Vec<OwnLayer> {
        let trees = trees.iter().enumerate();
        trees
            .map(|(index, tree)| self.layer(&format!("{path}.{index}"), tree))
            .collect()
    }

    fn layer(&mut self, path: &str, tree: &Tree) -> OwnLayer {
        match tree {
            Tree::Step(step) => self.step(path, *step),
            Tree::Function { layer, .. } => layer.clone(),
            Tree::Residual { body, shortcut, .. } => OwnLayer::Residual(OwnResidual {
                body: self.layers(&format!("{path}.body"), body),
                shortcut: self.layers(&format!("{path}.shortcut"), shortcut),
            }),
            Tree::Branches { lists, .. } => {
                let lists = lists.iter().enumerate();
                OwnLayer::Branches(
                    lists
                        .map(|(branch, list)| self.layers(&format!("{path}.{branch}"), list))
                        .collect(),
                )
            }
            Tree::Gate { list, .. } => OwnLayer::Gate(self.layers(path, list)),
            Tree::Product { factors, .. } => {
                let [first, second] = factors;
                OwnLayer::Product([
                    self.layers(&format!("{path}.0"), first),
                    self.layers(&format!("{path}.1"), second),
                ])
            }
        }
    }

    fn step(&mut self, path: &str, step: usize) -> OwnLayer {
        match self.take(step) {
            Work::Conv(conv, weight, bias) => {
                self.weight_and_bias(path, weight, bias);
                OwnLayer::Conv(conv)
            }
            Work::Linear(weight, Some(bias)) => {
                let features = weight.shape.first().copied().unwrap_or(0);
                self.weight_and_bias(path, weight, Some(bias));
                OwnLayer::Linear(features)
            }
            // Linear layers have a bias: without one it is a convolution of one pixel.
            Work::Linear(weight, None) => {
                let channels = weight.shape.first().copied().unwrap_or(0);
                let shape = [&weight.shape[..], &[1, 1]].concat();
                self.weight_and_bias(path, HostTensor { shape, ..weight }, None);
                OwnLayer::Conv(OwnConv {
                    channels,
                    kernel: pair([1; 2]),
                    stride: None,
                    padding: None,
                    dilation: None,
                    groups: None,
                    bias: false,
                })
            }
            Work::Layer(layer, tensors) => {
                for (name, tensor) in tensors {
                    let path = match name {
                        "" => path.to_owned(),
                        name => format!("{path}.{name}"),
                    };
                    self.weights.tensors.insert(path, tensor);
                }
                layer
            }
            // They have layers of their own in a tree.
            Work::Picture | Work::Function(_) | Work::Concatenation => {
                OwnLayer::Branches(Vec::new())
            }
        }
    }

    /// What a step computes, which goes over into the network.
    pub(crate) fn take(&mut self, step: usize) -> Work {
        let step = self.steps.get_mut(step);
        step.map_or(Work::Picture, |step| {
            std::mem::replace(&mut step.work, Work::Picture)
        })
    }

    /// Puts a weight and a bias under a path.
    pub(crate) fn weight_and_bias(
        &mut self,
        path: &str,
        weight: HostTensor,
        bias: Option<HostTensor>,
    ) {
        let tensors = &mut self.weights.tensors;
        tensors.insert(format!("{path}.weight"), weight);
        if let Some(bias) = bias {
            let shape = vec![bias.values.len()];
            tensors.insert(format!("{path}.bias"), HostTensor { shape, ..bias });
        }
    }
}
