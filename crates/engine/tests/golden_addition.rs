//! LoRA, SSF, adapters and averages of weights beside PyTorch, step for step, and what is merged beside what
//! was trained. The numbers are those of `golden/addition.json`, which `golden/addition.py` wrote.

mod formula;

use engine::{Descent, Maps, Model, Trainer};
use kernels::Precision;
use networks::zoo::{self, Choice};
use networks::{HostTensor, Input, Network, Weights};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use regimes::addition::Addition;
use regimes::{Regime, Rule, Tuning};
use serde::Deserialize;

use formula::{difference, doubles, images, targets, uniform, weights};

const CLASSES: usize = 5;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
    average: Average,
}

#[derive(Deserialize)]
struct Case {
    network: String,
    size: usize,
    batch: usize,
    addition: Addition,
    rule: Rule,
    lr: f64,
    weight_decay: f64,
    steps: usize,
    /// Numbers that are trained.
    values: usize,
    /// After the last step.
    logits: Vec<f64>,
    updates: Vec<Update>,
}

#[derive(Deserialize)]
struct Average {
    size: usize,
    batch: usize,
    steps: usize,
    lr: f64,
    decay: f64,
    rule: Rule,
    updates: Vec<Update>,
    logits: Vec<f64>,
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

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/addition.json")).expect("what addition.py writes")
}

fn network(name: &str, size: usize) -> Network {
    let input = Input::square(3, size);
    zoo::network(&Choice::named(name), input, CLASSES).expect("a network of the zoo")
}

fn start(network: &Network) -> Weights {
    match network.name.as_str() {
        "cbr-tiny" => weights(network, 1.4, formula::SHIFT),
        _ => weights(network, 1.0, 0.0),
    }
}

/// Those of `network` with the first numbers of the addition, drawn as the script draws them.
fn grown(case: &Case, network: &Network) -> (Network, Weights) {
    let grown = case.addition.onto(network).expect("layers that fit");
    let mut weights = start(network);
    let stream = |_: &str| ChaCha8Rng::seed_from_u64(0);
    case.addition
        .begin(network, &mut weights, &stream)
        .expect("layers that fit");
    for p in grown.parameters().into_iter().filter(|p| p.is_added) {
        let bound = 1.0 / (p.fan_in() as f64).sqrt();
        let [middle, width] = match p.path.rsplit_once('.') {
            Some((layer, _)) if layer.ends_with("lora_A") => [0.0, bound],
            Some((layer, "weight")) if layer.ends_with("adapter_down") => [0.0, bound],
            Some((layer, "weight")) if layer.ends_with("ssf") => [1.0, 0.02],
            Some((layer, "bias")) if layer.ends_with("ssf") => [0.0, 0.02],
            _ => continue,
        };
        let values = uniform(&p.path, p.len()).map(|u| (middle + width * u) as f32);
        let values = values.collect();
        let shape = p.shape;
        weights.tensors.insert(p.path, HostTensor { shape, values });
    }
    (grown, weights)
}

/// How far what the steps added is from what they should have, beyond the rounding of the weights:
/// the largest shares of a tensor's norm and of its largest entry.
fn worst(updates: &[Update], before: &Weights, after: &Weights, steps: usize) -> [f64; 2] {
    let mut worst = [0.0, 0.0];
    for update in updates {
        let [before, after] = [before, after].map(|weights| &weights.tensors[&update.path].values);
        let pairs = after.iter().zip(before);
        let found: Vec<f64> = pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)).collect();
        let norm = found.iter().map(|u| u * u).sum::<f64>().sqrt();
        let largest = before
            .iter()
            .chain(after)
            .fold(0.0, |m: f32, w| m.max(w.abs()));
        let rounding = f64::from(largest * f32::EPSILON) * steps as f64;
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

fn logits(network: &Network, weights: &Weights, pixels: &Maps) -> Vec<f64> {
    let model = Model::new(network.clone().into(), weights).expect("weights that fit");
    doubles(model.forward(pixels).values())
}

/// Adam divides a gradient by its own size, so that entries near 0, which are little more than
/// rounding in `f32`, move as far as the others.
#[test]
fn additions_learn_as_pytorchs() {
    for case in golden().cases {
        let network = network(&case.network, case.size);
        let (grown, before) = grown(&case, &network);
        let regime = Regime::full().adding(case.addition.clone());
        let tuning = Tuning::of(&regime.phases[0], &grown).expect("a phase that fits");
        let parameters = grown.parameters();
        let trained = parameters.iter().filter(|p| tuning.is_trained(&p.path));
        assert_eq!(trained.map(|p| p.len()).sum::<usize>(), case.values);

        let model = Model::new(grown.clone().into(), &before).expect("weights that fit");
        let descent = Descent {
            rule: case.rule,
            weight_decay: case.weight_decay,
        };
        let mut trainer = Trainer::new(model, descent, Precision::Single);
        trainer.tune(tuning);
        let pixels = images(case.batch, case.size);
        for _ in 0..case.steps {
            trainer.step(&pixels, &targets(case.batch, CLASSES), case.lr);
        }
        let after = trainer.into_model().weights();
        let [norm, entries] = worst(&case.updates, &before, &after, case.steps);
        let found = logits(&grown, &after, &pixels);
        let merged = case.addition.merged(&network, &after).expect("all tensors");
        let left = match case.addition.stays() {
            true => &grown,
            false => &network,
        };
        let of_merged = difference(&logits(left, &merged, &pixels), &found);
        let of_torch = difference(&found, &case.logits);
        let name = format!("{} {} {:?}", case.network, case.addition.name(), case.rule);
        println!(
            "{name}: {norm:.1e} ({entries:.1e}), logits {of_torch:.1e}, merged {of_merged:.1e}"
        );
        let entries_within = match case.rule {
            Rule::Sgd { .. } => 3e-5,
            Rule::Adam { .. } => 5e-3,
        };
        assert!(norm < 1e-4 && entries < entries_within, "{name}");
        assert!(of_torch < 1e-4 && of_merged < 1e-5, "{name}");
    }
}

#[test]
fn averages_are_pytorchs() {
    let golden = golden().average;
    let network = network("cbr-tiny", golden.size);
    let before = start(&network);
    let rule = golden.rule;
    let weight_decay = 0.0;
    let descent = Descent { rule, weight_decay };
    let trainer = || {
        let model = Model::new(network.clone().into(), &before).expect("weights that fit");
        let mut trainer = Trainer::new(model, descent, Precision::Single);
        trainer.tune(Tuning::full(&network).averaging(Some(golden.decay)));
        trainer
    };
    let pixels = images(golden.batch, golden.size);
    let targets = targets(golden.batch, CLASSES);
    let mut straight = trainer();
    straight.exchange();
    assert!(straight.model().weights() == before, "no step was taken");
    for _ in 0..golden.steps {
        straight.step(&pixels, &targets, golden.lr);
    }
    let raw = straight.model().weights();
    straight.exchange();
    let averaged = straight.model().weights();
    let [norm, entries] = worst(&golden.updates, &before, &averaged, golden.steps);
    let off = difference(&logits(&network, &averaged, &pixels), &golden.logits);
    println!("{norm:.1e} ({entries:.1e}), logits {off:.1e}");
    assert!(norm < 1e-4 && entries < 3e-5 && off < 1e-4);
    straight.exchange();
    assert!(
        straight.model().weights() == raw,
        "the weights are as before"
    );

    // Interrupted after two steps, it goes on to the same bits.
    let mut first = trainer();
    for _ in 0..2 {
        first.step(&pixels, &targets, golden.lr);
    }
    let mut second = trainer();
    second
        .replace(&first.model().weights())
        .expect("weights that fit");
    second.resume(&first.momentum());
    for _ in 2..golden.steps {
        second.step(&pixels, &targets, golden.lr);
    }
    assert!(second.model().weights() == raw);
    second.exchange();
    assert!(second.model().weights() == averaged);
}
