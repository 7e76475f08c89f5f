//! A network with a projector and a predictor behind it.

use engine::{Maps, Trainer};
use networks::zoo::{self, Choice};
use networks::{Block, Input, Layer, Network, Norm, Weights};
use study::StudyError;

use crate::cosine::{Agreement, agreement};
use crate::error::SelfSupervisionError;
use crate::sim_siam::SimSiam;

/// Classes of the network whose classifier is left out: any number will do.
const ANY: usize = 2;

/// A network of the zoo without its classifier, and behind it a projector and a predictor.
///
/// The blocks are those of the network before its head; `features`, its head up to the classifier;
/// `projector`: linear, batch norm, ReLU, linear, batch norm; `predictor`: linear, batch norm, ReLU,
/// linear.
#[derive(Clone, Debug)]
pub struct Siamese {
    network: Network,
}

impl Siamese {
    /// The network `choice` for pictures like `input`.
    pub fn new(
        choice: &Choice,
        input: Input,
        spec: &SimSiam,
    ) -> Result<Self, SelfSupervisionError> {
        let refused = |expected: &str| StudyError::Value {
            field: "model",
            expected: expected.into(),
            found: choice.label(),
        };
        if choice.auxiliary == Some(true) {
            return Err(refused("a network without an auxiliary head").into());
        }
        let whole = zoo::network(choice, input, ANY)?;
        let mut blocks = whole.blocks.clone();
        let head = blocks.pop().map(|head| head.layers).unwrap_or_default();
        let Some((Layer::Linear(classifier), before)) = head.split_last() else {
            return Err(refused("a network whose head ends with a linear classifier").into());
        };
        let SimSiam {
            outputs,
            bottleneck,
            ..
        } = *spec;
        blocks.push(Block::new("features", before.to_vec()));
        blocks.push(Block::new("projector", {
            let width = [classifier.features_in, outputs];
            let mut layers = hidden("projector", width);
            layers.push(Layer::linear("projector.3", [outputs; 2]));
            layers.push(Layer::batch_norm(Norm::new("projector.4".into(), outputs)));
            layers
        }));
        blocks.push(Block::new("predictor", {
            let mut layers = hidden("predictor", [outputs, bottleneck]);
            layers.push(Layer::linear("predictor.3", [bottleneck, outputs]));
            layers
        }));
        let network = Network {
            name: format!("{}, siamese", whole.name),
            classes: outputs,
            blocks,
            ..whole
        };
        network.cost()?;
        Ok(Self { network })
    }

    /// The network with projector and predictor.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Index of the block that puts out the features of a picture.
    pub(crate) fn features(&self) -> usize {
        self.network.blocks.len() - 3
    }

    /// The tensors that are those of the network itself.
    pub(crate) fn own(&self, mut weights: Weights) -> Weights {
        let is_own =
            |path: &str| !path.starts_with("projector.") && !path.starts_with("predictor.");
        weights.tensors.retain(|path, _| is_own(path));
        weights
    }

    /// One update of `trainer`, a trainer of this network, on `pixels`
    /// `[2 pictures, channels, height, width]`, the first views of all pictures before the second
    /// ones, at learning rate `lr`: what was minimised. Where the loss is no finite number, no weight
    /// has moved.
    pub fn step(&self, trainer: &mut Trainer, pixels: &Maps, lr: f64) -> Agreement {
        let width = self.network.classes;
        let mut found = None;
        let judge = |outputs: &Maps, predictions: &Maps| {
            let agreement = agreement(outputs.values(), predictions.values(), width);
            let judged = (agreement.loss as f32, agreement.gradient.clone());
            found = Some(agreement);
            judged
        };
        trainer.step_judged(pixels, self.features() + 1, judge, lr);
        found.unwrap_or(Agreement {
            loss: f64::NAN,
            gradient: Vec::new(),
            spread: f64::NAN,
        })
    }
}

/// Linear, batch norm, ReLU, named as in PyTorch's `Sequential`.
fn hidden(path: &str, [from, to]: [usize; 2]) -> Vec<Layer> {
    vec![
        Layer::linear(format!("{path}.0"), [from, to]),
        Layer::batch_norm(Norm::new(format!("{path}.1"), to)),
        Layer::RELU,
    ]
}
