//! Training by regimes beside PyTorch: updates with rates by depth and with L2-SP, and batch norms
//! whose statistics are frozen. The numbers are those of `golden/regime.json`, which
//! `golden/regime.py` wrote.

mod formula;

use engine::{Descent, Model, Trainer};
use initialisation::{Initialisation, InputAdaptation, Source, initialise};
use kernels::Precision;
use networks::zoo::{self, Choice};
use networks::{Input, Network, Pretrained, Weights};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use regimes::Rule;
use regimes::{NormPolicy, Phase, Tuning};
use serde::Deserialize;

use formula::{difference, gradient, images, targets, trainer, weights};

const CLASSES: usize = 5;

#[derive(Deserialize)]
struct Golden {
    steps: Vec<Steps>,
    frozen_statistics: FrozenStatistics,
}

/// A few steps of `cbr-tiny`.
#[derive(Deserialize)]
struct Steps {
    phase: Phase,
    rule: Rule,
    lr: f64,
    weight_decay: f64,
    steps: usize,
    size: usize,
    batch: usize,
    updates: Vec<Update>,
}

/// What the steps added to a tensor.
#[derive(Deserialize)]
struct Update {
    path: String,
    norm: f64,
    largest: f64,
    /// Entries i · n / 8 of the n.
    entries: Vec<f64>,
}

/// A ResNet-18 whose batch norms use their running statistics.
#[derive(Deserialize)]
struct FrozenStatistics {
    size: usize,
    batch: usize,
    loss: f64,
    gradients: Vec<Gradient>,
}

#[derive(Deserialize)]
struct Gradient {
    path: String,
    norm: f64,
    entries: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/regime.json")).expect("what regime.py writes")
}

fn network(name: &str, size: usize) -> Network {
    let input = Input::square(3, size);
    zoo::network(&Choice::named(name), input, CLASSES).expect("a network of the zoo")
}

/// The tuning of a phase for a network that was transferred as `start`.
fn tuning(phase: &Phase, network: &Network, start: &Weights) -> Tuning {
    let tuning = Tuning::of(phase, network).expect("a phase that fits");
    let Some(penalty) = phase.l2_sp else {
        return tuning;
    };
    let choice = Choice::named(network.name.clone());
    let pretrained = Pretrained::of(choice, network.clone(), start.clone());
    let source = Source {
        pretrained: &pretrained,
        input: InputAdaptation::default(),
    };
    let stream = |_: &str| ChaCha8Rng::seed_from_u64(0);
    let (_, report) = initialise(network, &Initialisation::transfer(), Some(source), &stream)
        .expect("weights that fit");
    tuning
        .pulled(penalty, network, &report, start)
        .expect("weights that fit")
}

/// How far what the steps added is from what they should have, beyond the rounding of the weights:
/// the largest shares of a tensor's norm and of its largest entry.
fn worst(case: &Steps) -> [f64; 2] {
    let network = network("cbr-tiny", case.size);
    let start = weights(&network, 1.4, formula::SHIFT);
    let model = Model::new(network.clone().into(), &start).expect("weights that fit");
    let descent = Descent {
        rule: case.rule,
        weight_decay: case.weight_decay,
    };
    let mut trainer = Trainer::new(model, descent, Precision::Single);
    trainer.tune(tuning(&case.phase, &network, &start));
    for _ in 0..case.steps {
        let pixels = images(case.batch, case.size);
        trainer.step(&pixels, &targets(case.batch, CLASSES), case.lr);
    }
    let model = trainer.into_model();
    let mut worst = [0.0, 0.0];
    for update in &case.updates {
        let before = &start.tensors[&update.path].values;
        let after = model.values(&update.path).expect("a tensor of the network");
        let pairs = after.iter().zip(before);
        let found: Vec<f64> = pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)).collect();
        let norm = found.iter().map(|u| u * u).sum::<f64>().sqrt();
        let largest_weight = before.iter().fold(0.0, |m: f32, w| m.max(w.abs()));
        let rounding = f64::from(largest_weight * f32::EPSILON) * case.steps as f64;
        let of_entries = (0..8).map(|i| (found[i * found.len() / 8] - update.entries[i]).abs());
        let of_entries = of_entries.fold(0.0, f64::max);
        let of_norm = (norm - update.norm).abs() - rounding * (found.len() as f64).sqrt();
        let off = [
            (of_norm / update.norm).max(0.0),
            ((of_entries - rounding) / update.largest).max(0.0),
        ];
        worst = [off[0].max(worst[0]), off[1].max(worst[1])];
    }
    worst
}

/// Adam divides a gradient by its own size, so that entries near 0, which are little more than
/// rounding in `f32`, move as far as the others.
#[test]
fn updates_are_pytorchs() {
    for case in golden().steps {
        let [norm, entries] = worst(&case);
        let name = format!("{} {:?}", case.phase.name(), case.rule);
        println!("{name}: {norm:.1e} ({entries:.1e})");
        let entries_within = match case.rule {
            Rule::Sgd { .. } => 3e-5,
            Rule::Adam { .. } => 5e-3,
        };
        assert!(norm < 1e-4 && entries < entries_within, "{name}");
    }
}

#[test]
fn frozen_statistics_are_pytorchs() {
    let expected = golden().frozen_statistics;
    let network = network("resnet18", expected.size);
    let start = weights(&network, 1.2, 0.0);
    let model = Model::new(network.clone().into(), &start).expect("weights that fit");
    let mut trainer = trainer(model);
    let phase = Phase {
        norms: Some(NormPolicy::FrozenStatistics),
        ..Phase::full(1.0)
    };
    trainer.tune(Tuning::of(&phase, &network).expect("a phase that fits"));
    let pixels = images(expected.batch, expected.size);
    let loss = trainer.step(&pixels, &targets(expected.batch, CLASSES), 1e-3);
    let off = difference(&[f64::from(loss)], &[expected.loss]);
    println!("loss {off:.1e}");
    assert!(off < 1e-5, "loss {off:.1e}");
    for expected in &expected.gradients {
        let path = &expected.path;
        let found = gradient(&trainer, path);
        let norm = found.iter().map(|g| g * g).sum::<f64>().sqrt();
        let entries: Vec<f64> = (0..8).map(|i| found[i * found.len() / 8]).collect();
        let [norm, entries] = [
            difference(&[norm], &[expected.norm]),
            difference(&entries, &expected.entries),
        ];
        println!("{path}: {norm:.1e} ({entries:.1e})");
        assert!(
            norm < 1e-4 && entries < 1e-3,
            "{path}: {norm:.1e} ({entries:.1e})"
        );
    }
}
