//! One step of training, and what it leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::{Descent, Executor, Maps, Model, Targets, Trainer};
use kernels::Precision;
use networks::{Network, WeightsError};
use regimes::Rule;

use crate::numbers::{apart, coarse, doubles, length};
use crate::specimen::{CLASSES, weights};

/// Pictures of a batch.
pub const BATCH: usize = 4;

/// Plain descent: after the first step the moments are the gradients.
pub const DESCENT: Descent = Descent {
    rule: Rule::Sgd {
        momentum: 0.9,
        nesterov: false,
    },
    weight_decay: 0.0,
};

/// Made-up pictures.
pub fn pixels(network: &Network) -> Maps {
    let shape = network.input.batch(BATCH);
    let values = coarse("pixels", shape.iter().product());
    Maps::new(shape, values.collect())
}

/// A class for each picture, each with its share of the mean; `[batch, classes]`.
pub fn classes() -> Vec<f32> {
    let share = |place: usize| match place % CLASSES == place / CLASSES % CLASSES {
        true => 1.0 / BATCH as f32,
        false => 0.0,
    };
    (0..BATCH * CLASSES).map(share).collect()
}

/// What a step leaves: its loss, gradients, and the logits of inference after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Left(BTreeMap<String, Vec<f32>>);

impl Left {
    /// Takes a step on an executor that holds nothing yet.
    pub fn of(executor: Box<dyn Executor>, network: &Arc<Network>) -> Result<Self, WeightsError> {
        let model = Model::on(executor, network.clone(), &weights(network))?;
        let mut trainer = Trainer::new(model, DESCENT, Precision::Single);
        let pixels = pixels(network);
        let loss = trainer.step(&pixels, &Targets::Classes(classes()), 1.0 / 64.0);
        let mut left = BTreeMap::from([("loss".into(), vec![loss])]);
        for (name, tensor) in trainer.momentum().moments.tensors {
            let path = name.trim_start_matches("moment0/");
            left.insert(format!("gradient of {path}"), tensor.values);
        }
        let logits = trainer.into_model().forward(&pixels).into_values();
        left.insert("logits".into(), logits);
        Ok(Self(left))
    }

    /// The gradient of a tensor.
    pub fn gradient(&self, path: &str) -> Vec<f64> {
        let values = self.0.get(&format!("gradient of {path}"));
        doubles(values.map_or(&[], |values| values))
    }

    /// The largest difference from `exact`, and of what. Tensors whose exact gradient is next to
    /// nothing beside the others, sums that cancel, are left out.
    pub fn apart(&self, exact: &Self) -> (f64, String) {
        let lengths = exact.0.values().map(|values| length(&doubles(values)));
        let largest = lengths.fold(0.0, f64::max);
        let mut worst = (0.0, "nothing".to_owned());
        for (name, expected) in &exact.0 {
            let expected = doubles(expected);
            if length(&expected) < 1e-4 * largest {
                continue;
            }
            let found = self.0.get(name).map_or(&[][..], |values| values);
            let off = apart(found, &expected);
            if off > worst.0 {
                worst = (off, name.clone());
            }
        }
        worst
    }
}
