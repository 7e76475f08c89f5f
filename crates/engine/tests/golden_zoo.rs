//! The networks of the zoo beside PyTorch: logits, losses, gradients, running statistics and the
//! names of tensors. The numbers are those of `golden/zoo.json`, which `golden/zoo.py` wrote.

mod formula;

use std::collections::BTreeMap;

use engine::Model;
use networks::zoo::{self, Choice, Dialect};
use networks::{Input, Network, Parameter};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use formula::{SHIFT, difference, doubles, gradient, images, targets, trainer, weights};

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

fn model(case: &Case, size: usize, shift: f64) -> Model {
    let input = Input::square(3, size);
    let network = zoo::network(&case.choice, input, case.classes).expect("a network of the zoo");
    let weights = weights(&network, case.gain, shift);
    Model::new(network.into(), &weights).expect("weights that fit")
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
    let logits = doubles(model_of_size.forward(&images(batch, size)).values());

    let expected = &case.training;
    let mut trainer = trainer(model(case, expected.size, SHIFT));
    let pixels = images(expected.batch, expected.size);
    let loss = trainer.step(&pixels, &targets(expected.batch, case.classes), 1e-3);
    let of_gradient = |expected: &Gradient| {
        let found = gradient(&trainer, &expected.path);
        let norm = found.iter().map(|g| g * g).sum::<f64>().sqrt();
        let entries: Vec<f64> = (0..8).map(|i| found[i * found.len() / 8]).collect();
        [
            difference(&[norm], &[expected.norm]),
            difference(&entries, &expected.entries),
        ]
    };
    let weights = trainer.model().weights();
    let of_running = expected.running.iter().map(|(path, expected)| {
        let found: Vec<f64> = weights.tensors[path].values[..4]
            .iter()
            .map(|v| f64::from(*v))
            .collect();
        difference(&found, expected)
    });
    Differences {
        logits: difference(&logits, &case.inference.logits),
        loss: difference(&[f64::from(loss)], &[expected.loss]),
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
        let input = Input::square(3, if choice.auxiliary.is_some() { 299 } else { 224 });
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
