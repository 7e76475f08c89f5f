//! The networks of the zoo beside PyTorch: logits, losses, gradients, running statistics and the
//! names of tensors. The numbers are those of `golden/zoo.json`, which `golden/zoo.py` wrote.

use std::collections::{BTreeMap, BTreeSet};

use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use nets::zoo::{self, Choice, Dialect};
use nets::{HostTensor, Input, Kind, Model, Network, Parameter, Weights};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Weight of the auxiliary head's loss.
const AUXILIARY: f32 = 0.4;
/// Middle of the shifts of batch norms in training. Around 0 the gradients of deep networks on few
/// small maps depend on how single ReLUs round, in PyTorch as here.
const SHIFT: f64 = 2.0;

#[derive(Deserialize)]
struct Golden {
    dialects: Vec<Listing>,
    cases: Vec<Case>,
}

/// The tensors of somebody's network.
#[derive(Deserialize)]
struct Listing {
    choice: Choice,
    dialect: Dialect,
    tensors: usize,
    /// Over the sorted lines `name extents`, in hexadecimal; extents of 1 are left out.
    sha256: String,
}

#[derive(Deserialize)]
struct Case {
    choice: Choice,
    gain: f64,
    classes: usize,
    inference: Inference,
    training: Training,
}

#[derive(Deserialize)]
struct Inference {
    size: usize,
    batch: usize,
    /// Multiply-adds of one image, counted by hooks.
    macs: u64,
    logits: Vec<f64>,
}

/// One step in batch statistics.
#[derive(Deserialize)]
struct Training {
    size: usize,
    batch: usize,
    loss: f64,
    gradients: Vec<Gradient>,
    /// First four numbers of running statistics after the step, by path.
    running: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct Gradient {
    path: String,
    norm: f64,
    /// Entries i · n / 8 of the n.
    entries: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/zoo.json")).expect("what zoo.py writes")
}

/// `count` numbers within [-1, 1), by splitmix64 from a seed that spells `name`.
fn uniform(name: &str, count: usize) -> impl Iterator<Item = f64> {
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
fn tensor(parameter: &Parameter, gain: f64, shift: f64) -> HostTensor {
    let (middle, width) = match parameter.kind {
        Kind::ConvWeight | Kind::LinearWeight => {
            (0.0, gain * (3.0 / parameter.fan_in() as f64).sqrt())
        }
        Kind::NormShift => (shift, 0.1),
        Kind::Bias | Kind::RunningMean => (0.0, 0.1),
        Kind::NormScale => (1.0, 0.2),
        Kind::RunningVariance => (1.0, 0.3),
        Kind::LayerScale => (0.5, 0.3),
        Kind::ClassToken | Kind::Positions => (0.0, 0.5),
    };
    let values = uniform(&parameter.path, parameter.len()).map(|u| (middle + width * u) as f32);
    HostTensor {
        shape: parameter.shape.clone(),
        values: values.collect(),
    }
}

fn model(case: &Case, size: usize, shift: f64) -> Model {
    let input = Input { channels: 3, size };
    let network = zoo::network(&case.choice, input, case.classes).expect("a network of the zoo");
    let parameters = network.parameters();
    let paths: BTreeSet<&str> = parameters.iter().map(|p| p.path.as_str()).collect();
    let tensors = parameters.iter().map(|p| {
        let layer = p.path.trim_end_matches("bias");
        let of_batch_norm = paths.contains(format!("{layer}running_mean").as_str());
        let shift = if of_batch_norm { shift } else { 0.0 };
        (p.path.clone(), tensor(p, case.gain, shift))
    });
    let weights = Weights {
        tensors: tensors.collect(),
    };
    Model::new(network.into(), &weights, &Device::flex()).expect("weights that fit")
}

/// `[batch, 3, size, size]`: 8×8 fields of one colour under half as much noise.
fn images(batch: usize, size: usize) -> Tensor<4> {
    let fields: Vec<f64> = uniform("fields", batch * 3 * 64).collect();
    let place = |i: usize| i * 8 / size;
    let values: Vec<f32> = uniform("noise", batch * 3 * size * size)
        .enumerate()
        .map(|(i, noise)| {
            let (map, y, x) = (i / (size * size), i / size % size, i % size);
            (fields[map * 64 + place(y) * 8 + place(x)] + 0.5 * noise) as f32
        })
        .collect();
    Tensor::from_data(
        TensorData::new(values, [batch, 3, size, size]),
        &Device::flex(),
    )
}

fn cross_entropy(logits: Tensor<2>, classes: usize) -> Tensor<1> {
    let [batch, _] = logits.dims();
    let targets: Vec<i64> = (0..batch).map(|i| (i * 3 % classes) as i64).collect();
    let targets = TensorData::new(targets, [batch, 1]);
    let targets = Tensor::<2, Int>::from_data(targets, &logits.device());
    -activation::log_softmax(logits, 1).gather(1, targets).mean()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    let values = tensor.into_data().try_into_vec::<f32>().expect("float32");
    values.into_iter().map(f64::from).collect()
}

/// Largest difference as a share of the largest expected magnitude.
fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let pairs = found.iter().zip(expected);
    let largest = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    pairs.fold(0.0, |m: f64, (f, e)| m.max((f - e).abs())) / largest
}

/// What a case came to, as shares of what was expected.
struct Differences {
    logits: f64,
    loss: f64,
    /// Of the norm, and of the entries.
    gradients: Vec<[f64; 2]>,
    running: f64,
}

fn differences(case: &Case) -> Differences {
    let Inference {
        size, batch, macs, ..
    } = case.inference;
    let model_of_size = model(case, size, 0.0);
    let cost = model_of_size.network().cost().expect("layers that fit");
    // Ours counts the auxiliary head, which inference leaves out.
    let has_auxiliary = case.choice.auxiliary == Some(true);
    assert!(cost.macs == macs || has_auxiliary, "{:?}", case.choice);
    let logits = values(model_of_size.forward(images(batch, size)));

    let expected = &case.training;
    let mut model = model(case, expected.size, SHIFT);
    let (found, tape) = model.forward_train(images(expected.batch, expected.size));
    let mut loss = cross_entropy(found.main, case.classes);
    if let Some(auxiliary) = found.auxiliary {
        loss = loss + cross_entropy(auxiliary, case.classes) * AUXILIARY;
    }
    let value = values(loss.clone());
    let mut gradients = BTreeMap::new();
    tape.backward(loss, |path, gradient| {
        if expected.gradients.iter().any(|g| g.path == path) {
            gradients.insert(path.to_string(), values(gradient));
        }
    });
    let of_gradient = |expected: &Gradient| {
        let found = gradients.get(&expected.path).expect("a gradient");
        let norm = found.iter().map(|g| g * g).sum::<f64>().sqrt();
        let entries: Vec<f64> = (0..8).map(|i| found[i * found.len() / 8]).collect();
        [
            difference(&[norm], &[expected.norm]),
            difference(&entries, &expected.entries),
        ]
    };
    let weights = model.weights();
    let of_running = expected.running.iter().map(|(path, expected)| {
        let found: Vec<f64> = weights.tensors[path].values[..4]
            .iter()
            .map(|v| f64::from(*v))
            .collect();
        difference(&found, expected)
    });
    Differences {
        logits: difference(&logits, &case.inference.logits),
        loss: difference(&value, &[expected.loss]),
        gradients: expected.gradients.iter().map(of_gradient).collect(),
        running: of_running.fold(0.0, f64::max),
    }
}

/// One ReLU or maximum that rounds the other way moves single entries of a gradient by up to a
/// hundredth, but hardly its norm.
#[test]
fn logits_losses_and_gradients_are_pytorchs() {
    let mut wrong = Vec::new();
    for case in golden().cases {
        let found = differences(&case);
        let gradients = found.gradients.iter();
        let gradients = gradients.map(|[norm, entries]| format!("{norm:.1e} ({entries:.1e})"));
        let line = format!(
            "{}: logits {:.1e}, loss {:.1e}, gradients {}, running {:.1e}",
            case.choice.label(),
            found.logits,
            found.loss,
            gradients.collect::<Vec<_>>().join(", "),
            found.running,
        );
        println!("{line}");
        let good = found.logits < 1e-4
            && found.loss < 1e-4
            && found.running < 1e-4
            && found.gradients.iter().all(|[norm, _]| *norm < 1e-3)
            && found.gradients.iter().all(|[_, entries]| *entries < 1e-2);
        if !good {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The extents of a parameter's tensor in a file, but for those of 1.
fn extents(dialect: Dialect, parameter: &Parameter) -> Vec<usize> {
    let shape = &parameter.shape;
    let shape: Vec<usize> = match dialect.axes(parameter.kind) {
        [] => shape.clone(),
        axes => axes.iter().map(|&axis| shape[axis]).collect(),
    };
    shape.into_iter().filter(|extent| *extent != 1).collect()
}

/// A line `name extents` for every tensor, sorted; their number and hash.
fn listing(network: &Network, dialect: Dialect) -> (usize, String) {
    let line = |p: &Parameter| {
        let extents = extents(dialect, p).into_iter().map(|n| n.to_string());
        let extents = extents.collect::<Vec<_>>().join(",");
        format!("{} {extents}", dialect.tensor(p))
    };
    let mut lines: Vec<String> = network.parameters().iter().map(line).collect();
    lines.sort();
    let hash = format!("{:x}", Sha256::digest(lines.join("\n")));
    (lines.len(), hash)
}

#[test]
fn names_and_shapes_are_those_of_published_files() {
    let mut checked = Vec::new();
    for expected in golden().dialects {
        let Listing {
            choice,
            dialect,
            tensors,
            sha256,
        } = expected;
        let input = Input {
            channels: 3,
            size: if choice.auxiliary.is_some() { 299 } else { 224 },
        };
        let ours = zoo::network(&choice, input, 1000).unwrap();
        let theirs = zoo::network_in(&choice, input, 1000, dialect).unwrap();
        let what = format!("{} in {}", choice.label(), dialect.name());
        let found = listing(&theirs, dialect);
        assert_eq!(found, (tensors, sha256), "{what}");
        let shapes = |network: &Network| {
            let parameters = network.parameters();
            parameters.into_iter().map(|p| (p.shape, p.kind, p.block))
        };
        assert!(shapes(&ours).eq(shapes(&theirs)), "{what}");
        checked.push((choice.name, dialect));
    }
    let ours = zoo::names().into_iter().flat_map(|name| {
        let dialects = zoo::dialects(name).iter();
        dialects.map(move |dialect| (name.to_string(), *dialect))
    });
    for each in ours.filter(|(_, dialect)| *dialect != Dialect::Transfusion) {
        assert!(checked.contains(&each), "no listing for {each:?}");
    }
}
