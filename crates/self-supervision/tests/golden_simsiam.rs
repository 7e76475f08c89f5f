//! A step of SimSiam beside PyTorch: loss, gradients, running statistics. The numbers are those of
//! `golden/simsiam.json`, which `golden/simsiam.py` wrote.

#[path = "../../engine/tests/formula/mod.rs"]
mod formula;

use std::collections::BTreeMap;

use engine::Model;
use networks::Input;
use networks::zoo::Choice;
use self_supervision::{Siamese, SimSiam};
use serde::Deserialize;

use formula::{difference, doubles, gradient, images, trainer, weights};

#[derive(Deserialize)]
struct Golden {
    size: usize,
    pictures: usize,
    outputs: usize,
    bottleneck: usize,
    gain: f64,
    loss: f64,
    spread: f64,
    gradients: Vec<Gradient>,
    running: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct Gradient {
    path: String,
    norm: f64,
    /// Entries i · n / 8 of the n.
    entries: Vec<f64>,
}

/// The outputs that are guessed at are constants there: were a gradient to pass them, those of the
/// projector would be others.
#[test]
fn a_step_is_that_of_pytorch() {
    let golden: Golden = serde_json::from_str(include_str!("golden/simsiam.json")).unwrap();
    let spec = SimSiam {
        outputs: golden.outputs,
        bottleneck: golden.bottleneck,
        ..SimSiam::default()
    };
    let input = Input::square(3, golden.size);
    let siamese = Siamese::new(&Choice::named("cbr-tiny"), input, &spec).unwrap();
    let network = siamese.network();
    let weights = weights(network, golden.gain, formula::SHIFT);
    let mut trainer = trainer(Model::new(network.clone().into(), &weights).unwrap());
    let pixels = images(2 * golden.pictures, golden.size);
    let found = siamese.step(&mut trainer, &pixels, 1e-3);

    assert!((found.loss - golden.loss).abs() < 1e-6, "{}", found.loss);
    assert!(
        (found.spread - golden.spread).abs() < 1e-6,
        "{}",
        found.spread
    );
    for Gradient {
        path,
        norm,
        entries,
    } in &golden.gradients
    {
        let found = gradient(&trainer, path);
        let length = found.iter().map(|g| g * g).sum::<f64>().sqrt();
        assert!(
            (length / norm - 1.0).abs() < 1e-4,
            "{path}: {length}, {norm}"
        );
        for (i, expected) in entries.iter().enumerate() {
            let found = found[i * found.len() / 8];
            let difference = (found - expected).abs() / norm;
            assert!(difference < 1e-5, "{path}, {i}: {found}, {expected}");
        }
    }
    for (path, expected) in &golden.running {
        let found = doubles(&trainer.model().values(path).unwrap());
        let difference = difference(&found[..expected.len()], expected);
        assert!(difference < 1e-5, "{path}: {difference}");
    }
}
