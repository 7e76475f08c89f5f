//! Weights, images and a loss that the scripts in `golden/` make bit for bit alike.

#![allow(dead_code, reason = "every test file uses its own part")]

use std::collections::BTreeSet;

use engine::{Descent, Maps, Model, Targets, Trainer};
use kernels::Precision;
use networks::{HostTensor, Kind, Network, Parameter, Weights};
use regimes::Rule;

/// Middle of the shifts of batch norms in training. Around 0 the gradients of deep networks on few
/// small maps depend on how single ReLUs round, in PyTorch as here.
pub const SHIFT: f64 = 2.0;

/// `count` numbers within [-1, 1), by splitmix64 from a seed that spells `name`.
pub fn uniform(name: &str, count: usize) -> impl Iterator<Item = f64> {
    let seed = name.bytes().fold(0u64, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    (1..=count as u64).map(move |i| {
        let mut z = seed.wrapping_add(i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 40) as f64 / f64::from(1 << 23) - 1.0
    })
}

/// The tensor of a parameter; weights keep the variance of maps but for `gain`², shifts lie around
/// `shift`.
pub fn tensor(parameter: &Parameter, gain: f64, shift: f64) -> HostTensor {
    let (middle, width) = match parameter.kind {
        Kind::ConvWeight | Kind::LinearWeight => {
            (0.0, gain * (3.0 / parameter.fan_in() as f64).sqrt())
        }
        Kind::NormShift => (shift, 0.1),
        Kind::Bias | Kind::RunningMean => (0.0, 0.1),
        Kind::NormScale | Kind::ResponseScale => (1.0, 0.2),
        Kind::RunningVariance => (1.0, 0.3),
        Kind::LayerScale | Kind::Factor => (0.5, 0.3),
        Kind::ClassToken | Kind::Positions | Kind::RelativePositions => (0.0, 0.5),
    };
    let values = uniform(&parameter.path, parameter.len()).map(|u| (middle + width * u) as f32);
    HostTensor {
        shape: parameter.shape.clone(),
        values: values.collect(),
    }
}

/// The weights of a network; the shifts of its batch norms lie around `shift`.
pub fn weights(network: &Network, gain: f64, shift: f64) -> Weights {
    let parameters = network.parameters();
    let paths: BTreeSet<&str> = parameters.iter().map(|p| p.path.as_str()).collect();
    let tensors = parameters.iter().map(|p| {
        let layer = p.path.trim_end_matches("bias");
        let of_batch_norm = paths.contains(format!("{layer}running_mean").as_str());
        let shift = if of_batch_norm { shift } else { 0.0 };
        (p.path.clone(), tensor(p, gain, shift))
    });
    Weights {
        tensors: tensors.collect(),
    }
}

/// `[batch, 3, size, size]`: 8×8 fields of one colour under half as much noise.
pub fn images(batch: usize, size: usize) -> Maps {
    let fields: Vec<f64> = uniform("fields", batch * 3 * 64).collect();
    let place = |i: usize| i * 8 / size;
    let values: Vec<f32> = uniform("noise", batch * 3 * size * size)
        .enumerate()
        .map(|(i, noise)| {
            let (map, y, x) = (i / (size * size), i / size % size, i % size);
            (fields[map * 64 + place(y) * 8 + place(x)] + 0.5 * noise) as f32
        })
        .collect();
    Maps::new([batch, 3, size, size], values)
}

/// The class of image `i` is `3 i` modulo `classes`; the loss is the mean.
pub fn targets(batch: usize, classes: usize) -> Targets {
    let share = |image: usize, class: usize| match image * 3 % classes == class {
        true => 1.0 / batch as f32,
        false => 0.0,
    };
    let rows = (0..batch).flat_map(|image| (0..classes).map(move |class| share(image, class)));
    Targets::Classes(rows.collect())
}

/// Trains everything by momentum SGD: after the first step moments are gradients.
pub fn trainer(model: Model) -> Trainer {
    let rule = Rule::Sgd {
        momentum: 0.9,
        nesterov: false,
    };
    let weight_decay = 0.0;
    Trainer::new(model, Descent { rule, weight_decay }, Precision::Single)
}

/// The gradient of a tensor in the first step.
pub fn gradient(trainer: &Trainer, path: &str) -> Vec<f64> {
    let moments = trainer.momentum().moments.tensors;
    doubles(&moments[&format!("moment0/{path}")].values)
}

pub fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}

/// Largest difference as a share of the largest expected magnitude.
pub fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let pairs = found.iter().zip(expected);
    let largest = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    pairs.fold(0.0, |m: f64, (f, e)| m.max((f - e).abs())) / largest
}
