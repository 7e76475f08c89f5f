//! Steps that leave features and bodies of residual sums out, beside PyTorch with the same masks:
//! which these are, how likely, and the gradients through them. The numbers are those of
//! `golden/dropping.json`, which `golden/dropping.py` wrote.

mod formula;

use std::collections::BTreeMap;

use engine::{Mode, Model, Part, Trainer, lower};
use networks::zoo::{self, Choice};
use networks::{Input, Network};
use regimes::Tuning;
use regimes::dropping::{Dropping, Share};
use serde::Deserialize;

use formula::{SHIFT, difference, gradient, images, targets, trainer, weights};

const CLASSES: usize = 5;

#[derive(Deserialize)]
struct Case {
    network: String,
    dropout: Share,
    stochastic_depth: Share,
    gain: f64,
    size: usize,
    batch: usize,
    seed: u64,
    /// Number of the first picture.
    first: u64,
    /// Share of the features.
    features: f64,
    /// Name of a body ─▶ its share.
    bodies: BTreeMap<String, f64>,
    loss: f64,
    gradients: Vec<Gradient>,
}

#[derive(Deserialize)]
struct Gradient {
    path: String,
    norm: f64,
    /// Entries i · n / 8 of the n.
    entries: Vec<f64>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("golden/dropping.json")).expect("what dropping.py writes")
}

fn network(name: &str, size: usize) -> Network {
    let input = Input::square(3, size);
    zoo::network(&Choice::named(name), input, CLASSES).expect("a network of the zoo")
}

#[test]
fn what_is_left_out_is_pytorchs() {
    for case in cases() {
        let name = &case.network;
        let network = network(name, case.size);
        let dropping = Dropping::of(&network, Some(case.dropout), Some(case.stochastic_depth));
        let dropping = dropping.expect("residual sums");
        let head = network.parameters().into_iter().find(|p| p.is_classifier);
        let head = head.expect("a classifier").path;
        assert_eq!(
            dropping.of_features(networks::layer(&head)),
            case.features,
            "{name}"
        );
        let bodies: BTreeMap<String, f64> = dropping
            .bodies()
            .map(|(body, share)| (body.to_string(), share))
            .collect();
        assert!(bodies.keys().eq(case.bodies.keys()), "{name}: {bodies:?}");
        for (body, share) in &case.bodies {
            // timm has them in single precision.
            assert!((bodies[body] - share).abs() < 1e-8, "{name}: {body}");
        }

        let weights = weights(&network, case.gain, SHIFT);
        let step = |tuning: Tuning| -> (f64, Trainer) {
            let model = Model::new(network.clone().into(), &weights).expect("weights that fit");
            let mut trainer = trainer(model);
            trainer.tune(tuning);
            trainer.draw_from(case.seed, case.first);
            let pixels = images(case.batch, case.size);
            let loss = trainer.step(&pixels, &targets(case.batch, CLASSES), 1e-3);
            (f64::from(loss), trainer)
        };
        let (loss, trainer) = step(Tuning::full(&network).dropping(dropping));
        let of_loss = difference(&[loss], &[case.loss]);
        let off = case.gradients.iter().map(|expected| {
            let found = gradient(&trainer, &expected.path);
            let norm = found.iter().map(|g| g * g).sum::<f64>().sqrt();
            let entries: Vec<f64> = (0..8).map(|i| found[i * found.len() / 8]).collect();
            [
                difference(&[norm], &[expected.norm]),
                difference(&entries, &expected.entries),
            ]
        });
        let off: Vec<[f64; 2]> = off.collect();
        let told = off
            .iter()
            .map(|[norm, entries]| format!("{norm:.1e} ({entries:.1e})"));
        let told = told.collect::<Vec<_>>().join(", ");
        println!("{name}: loss {of_loss:.1e}, gradients {told}");
        assert!(of_loss < 1e-4, "{name}");
        assert!(
            off.iter()
                .all(|[norm, entries]| *norm < 1e-3 && *entries < 1e-2),
            "{name}"
        );
        // Without masks the loss is another.
        let (whole, _) = step(Tuning::full(&network));
        assert!(difference(&[whole], &[case.loss]) > 1e-3, "{name}");
    }
}

/// Steps are the same whether batches are taken in one go or a new trainer goes on behind the
/// first, and differ from step to step.
#[test]
fn a_trainer_goes_on_where_another_stopped() {
    let network = network("resnet18", 32);
    let share = Some(Share::Of(0.5));
    let tuning = || {
        let dropping = Dropping::of(&network, share, share).expect("residual sums");
        Tuning::full(&network).dropping(dropping)
    };
    let before = weights(&network, 1.2, SHIFT);
    let (pixels, targets) = (images(4, 32), targets(4, CLASSES));
    let trainer_at = |weights: &networks::Weights, first| {
        let model = Model::new(network.clone().into(), weights).expect("weights that fit");
        let mut trainer = trainer(model);
        trainer.tune(tuning());
        trainer.draw_from(9, first);
        trainer
    };
    let mut straight = trainer_at(&before, 0);
    for _ in 0..3 {
        straight.step(&pixels, &targets, 1e-3);
    }
    let mut first = trainer_at(&before, 0);
    first.step(&pixels, &targets, 1e-3);
    let mut second = trainer_at(&first.model().weights(), 4);
    second.resume(&first.momentum());
    for _ in 1..3 {
        second.step(&pixels, &targets, 1e-3);
    }
    assert!(second.model().weights() == straight.model().weights());
    let mut elsewhere = trainer_at(&before, 4);
    elsewhere.step(&pixels, &targets, 1e-3);
    assert!(elsewhere.model().weights() != first.model().weights());
}

/// Inference has no masks, and blocks before the first trained one keep their bodies.
#[test]
fn what_stays_as_it_is_leaves_nothing_out() {
    let network = network("resnet18", 32);
    let part = Part::whole(&network, 2);
    let inference = lower(&network, &part, &Mode::Inference).expect("layers that fit");
    assert!(inference.masks.is_empty());
    let phase = regimes::Phase::full(1.0).freezing("..block3".into());
    let share = Some(Share::Of(0.5));
    let dropping = Dropping::of(&network, share, share).expect("residual sums");
    let tuning = Tuning::of(&phase, &network)
        .expect("a phase that fits")
        .dropping(dropping);
    let of = |tuning: &Tuning| {
        let mut names: Vec<&str> = Vec::new();
        for body in ["layer3.1.conv1.weight", "layer4.0.conv1.weight"] {
            if tuning.drops_body(body) > 0.0 {
                names.push(body);
            }
        }
        names.join(" ")
    };
    assert_eq!(of(&tuning), "layer4.0.conv1.weight");
    assert!(tuning.drops_features("fc") > 0.0);
}
