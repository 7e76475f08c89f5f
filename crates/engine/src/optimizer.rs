//! SGD and Adam over the tensors of a model, with a state that survives interruption.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use kernels::{Adam, Sgd};
use networks::regime::Rule;
use networks::{HostTensor, Weights};

use crate::model::{Model, host_values};
use crate::ops::{adam_step, sgd_step};
use crate::tape::Tape;

/// Steps taken and the moments of every trained tensor, by path.
#[derive(Clone, Debug, Default)]
pub struct OptimizerState {
    /// Updates made so far.
    pub step: u64,
    moments: BTreeMap<String, Vec<Tensor<1>>>,
}

/// An update rule with its state.
#[derive(Clone, Debug)]
pub struct Optimizer {
    rule: Rule,
    weight_decay: f64,
    /// Steps and moments.
    pub state: OptimizerState,
}

impl Optimizer {
    /// An optimiser that has seen nothing. `weight_decay` is L2, added to the gradient of every
    /// trained tensor as PyTorch does (apart from it with decoupled Adam).
    pub fn new(rule: Rule, weight_decay: f64) -> Self {
        Self {
            rule,
            weight_decay,
            state: OptimizerState::default(),
        }
    }

    /// One update of every trained tensor by its gradient in the scalar `loss` that `tape` led to,
    /// at learning rate `lr` times the factor of the model's [`Tuning`](networks::regime::Tuning),
    /// whose penalty is added to the gradient. Each is updated as soon as its gradient is known.
    pub fn step(&mut self, model: &mut Model, loss: Tensor<1>, tape: Tape, lr: f64) {
        self.state.step += 1;
        tape.backward(loss, |path, gradient| {
            self.update(model, path, gradient, lr)
        });
    }

    fn update(&mut self, model: &mut Model, path: &str, gradient: Tensor<1>, lr: f64) {
        let mut moments = self
            .state
            .moments
            .remove(path)
            .unwrap_or_default()
            .into_iter();
        let mut kept = Vec::new();
        let lr = lr * model.tuning().rate(path);
        let gradient = model.pulled(path, gradient);
        model.update(path, |w| match self.rule {
            Rule::Sgd { momentum, nesterov } => {
                let sgd = Sgd {
                    lr: lr as f32,
                    momentum: momentum as f32,
                    weight_decay: self.weight_decay as f32,
                    nesterov,
                };
                let (w, velocity) = sgd_step(w, gradient, moments.next(), sgd);
                kept.push(velocity);
                w
            }
            Rule::Adam {
                beta1,
                beta2,
                epsilon,
                decoupled,
            } => {
                let adam = Adam {
                    lr: lr as f32,
                    betas: [beta1 as f32, beta2 as f32],
                    eps: epsilon as f32,
                    weight_decay: self.weight_decay as f32,
                    decoupled,
                };
                let moments = moments.next().zip(moments.next());
                let (w, m, v) = adam_step(w, gradient, moments, adam, self.state.step);
                kept.extend([m, v]);
                w
            }
        });
        self.state.moments.insert(path.to_string(), kept);
    }
}

impl OptimizerState {
    /// The moments as host tensors, `moment<i>/<path>`.
    pub fn to_weights(&self) -> Weights {
        let mut weights = Weights::default();
        for (path, moments) in &self.moments {
            for (index, moment) in moments.iter().enumerate() {
                let values = host_values(moment);
                let tensor = HostTensor {
                    shape: vec![values.len()],
                    values,
                };
                weights
                    .tensors
                    .insert(format!("moment{index}/{path}"), tensor);
            }
        }
        weights
    }

    /// The state after `step` updates whose moments are `weights`.
    pub fn from_weights(step: u64, weights: &Weights, device: &Device) -> Self {
        let mut moments: BTreeMap<String, Vec<Tensor<1>>> = BTreeMap::new();
        for (name, tensor) in &weights.tensors {
            if let Some((_, path)) = name.split_once('/') {
                let data = TensorData::new(tensor.values.clone(), [tensor.values.len()]);
                moments
                    .entry(path.to_string())
                    .or_default()
                    .push(Tensor::from_data(data, device));
            }
        }
        Self { step, moments }
    }
}
