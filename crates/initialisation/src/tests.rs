//! Every initialisation in every network of the zoo.

mod controls;
mod draws;

use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use networks::zoo::{self, Choice};
use networks::{Draw, HostTensor, Input, Kind, Network, Parameter, Pretrained, Selection, Weights};

fn stream(seed: u64) -> impl Fn(&str) -> ChaCha8Rng {
    move |path| ChaCha8Rng::from_seed(Sha256::digest(format!("{seed} {path}")).into())
}

fn network(name: &str, classes: usize) -> Network {
    let size = match name {
        "inception-v3" => 96,
        // Patches of 14 pixels.
        name if name.contains("-14") => 56,
        _ => 64,
    };
    let input = Input::square(3, size);
    zoo::network(&Choice::named(name), input, classes).expect("networks of the zoo can be built")
}

/// Weights of another number of classes, cheaply made and unlike any draw: every tensor has its
/// own mean and spread, every output channel of a weight too, and running variances are far from 1.
fn source(name: &str) -> Pretrained {
    let network = network(name, 7);
    let mut weights = Weights::default();
    for (place, parameter) in network.parameters().into_iter().enumerate() {
        let size = (parameter.len() / parameter.shape[0]).max(1);
        let base = 0.02 + 0.001 * (place % 7) as f32;
        let value = |i: usize| {
            let noise = (i as u32).wrapping_mul(2_654_435_761) >> 8;
            let noise = noise as f32 / (1 << 23) as f32 - 1.0;
            let channel = (i / size % 5) as f32;
            base * (1.0 + 0.2 * channel) * (noise + 0.3)
                + match parameter.kind {
                    Kind::NormScale | Kind::RunningVariance => 1.5,
                    _ => 0.0,
                }
        };
        let values = (0..parameter.len()).map(value).collect();
        let shape = parameter.shape;
        let tensor = HostTensor { shape, values };
        weights.tensors.insert(parameter.path, tensor);
    }
    Pretrained::of(Choice::named(name), network, weights)
}

fn from(pretrained: &Pretrained) -> Option<Source<'_>> {
    Some(Source {
        pretrained,
        input: InputAdaptation::Sum,
    })
}

fn named(word: &str) -> Initialisation {
    Initialisation::named(word).expect("a known word")
}

fn made(network: &Network, init: &Initialisation, source: &Pretrained) -> (Weights, MatchReport) {
    initialise(network, init, from(source), &stream(2)).expect("weights that fit")
}

/// Checks `check` in every network but the largest, several at once.
fn in_every_network(check: impl Fn(&str, Network, Pretrained) + Sync) {
    let names = zoo::names().into_iter();
    let names = names.filter(|name| network(name, 5).parameter_count() < 45_000_000);
    names
        .collect::<Vec<_>>()
        .into_par_iter()
        .for_each(|name| check(name, network(name, 5), source(name)));
}

/// Prefix, top-down, a range, a block, a list and a pattern: exactly the named tensors are loaded
/// and copied, value by value.
#[test]
fn transfusion_copies_what_is_named() {
    in_every_network(|name, network, source| {
        let parameters = network.parameters();
        let last = network.blocks.len() - 2;
        let first = network.first_conv().unwrap();
        let cases: [(Selection, &dyn Fn(&Parameter) -> bool); 6] = [
            ("..block2".into(), &|p| p.block <= 2),
            ("block2..".into(), &|p| p.block >= 2),
            ("block1..block2".into(), &|p| (1..=2).contains(&p.block)),
            ("block3".into(), &|p| p.block == 3.min(last)),
            ("*.weight".into(), &|p| p.path.ends_with(".weight")),
            (
                serde_json::from_str(&format!(r#"["norms", "{first}"]"#)).unwrap(),
                &|p| p.kind.is_norm() || p.path == first,
            ),
        ];
        for (selection, is_named) in cases {
            let init = Initialisation::load(selection, Policy::Random);
            let expected: BTreeSet<_> = parameters
                .iter()
                .filter(|p| is_named(p) && !p.is_classifier)
                .map(|p| p.path.clone())
                .collect();
            let report = preview(&network, &init, from(&source)).unwrap();
            for (m, p) in report.tensors.iter().zip(&parameters) {
                let loaded = expected.contains(&p.path);
                let action = if loaded {
                    Action::Loaded
                } else {
                    Action::Drawn
                };
                assert_eq!(m.action, action, "{name} {} {}", init.name, p.path);
            }
            let numbers = |p: &&Parameter| expected.contains(&p.path) && p.kind.is_trained();
            let trained: usize = parameters.iter().filter(numbers).map(Parameter::len).sum();
            assert_eq!(report.values(Origin::Loaded).trained, trained, "{name}");
            let (weights, found) = made(&network, &init, &source);
            assert_eq!(found, report);
            for p in &parameters {
                let same = weights.tensors[&p.path] == source.weights.tensors[&p.path];
                assert_eq!(same, expected.contains(&p.path), "{name} {}", p.path);
            }
        }
    });
}

/// A seed has the same classifier in every initialisation, unless a rule names it.
#[test]
fn the_head_of_a_seed_is_the_same() {
    for name in ["cbr-tiny", "vit-small"] {
        let (network, source) = (network(name, 5), source(name));
        let (random, _) = made(&network, &Initialisation::random(), &source);
        let head: Vec<_> = network
            .parameters()
            .into_iter()
            .filter(|p| p.is_classifier)
            .collect();
        assert_eq!(head.len(), 2);
        let words = Initialisation::words().map(named);
        // A transformer has twenty times the numbers: one word of each kind.
        let some = ["transfer", "glorot-uniform", "bootstrap", "gabor"];
        let words = words.filter(|init| name == "cbr-tiny" || some.contains(&init.name.as_str()));
        let tables = [
            Initialisation::load("..block2".into(), Policy::MeanVar),
            Initialisation::load("head".into(), Policy::MeanVar),
            Initialisation::of("*", [("*".into(), Policy::Draw(Draw::Normal(0.05)))]),
        ];
        for init in words.chain(tables) {
            let (weights, _) = made(&network, &init, &source);
            for p in &head {
                let same = weights.tensors[&p.path] == random.tensors[&p.path];
                assert!(same, "{name} {} {}", init.name, p.path);
            }
        }
        let pattern = format!("{}*", head[0].path.trim_end_matches("weight"));
        for term in ["classifier", pattern.as_str()] {
            let fixed = Policy::Draw(Draw::Normal(0.05));
            let explicit = Initialisation::of("mine", [(term.into(), fixed)]);
            let (weights, _) = made(&network, &explicit, &source);
            assert!(weights.tensors[&head[0].path] != random.tensors[&head[0].path]);
        }
    }
}

fn classifiers(network: &Network) -> usize {
    network
        .parameters()
        .iter()
        .filter(|p| p.is_classifier)
        .count()
}

#[test]
fn weights_of_another_network_are_refused() {
    let small = network("cbr-small", 5);
    let tiny = source("cbr-tiny");
    let transfer = Initialisation::transfer();
    let error = preview(&small, &transfer, from(&tiny))
        .unwrap_err()
        .to_string();
    let expected = "`stem.conv.weight` has shape [32, 3, 5, 5] instead of [32, 3, 7, 7]";
    assert!(error.contains(expected), "{error}");
    let error = preview(&small, &transfer, None).unwrap_err();
    assert!(matches!(error, InitialisationError::NoWeights { .. }));
    let explicit = Initialisation::load("classifier".into(), Policy::Random);
    let error = preview(&small, &explicit, from(&tiny))
        .unwrap_err()
        .to_string();
    assert!(error.contains("`fc.weight` has shape [7, 256]"), "{error}");
    let error = preview(&small, &Initialisation::transfuse("block9"), from(&tiny)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("stem, block1, block2, block3, head")
    );
}

/// Words and policies are read back as written, and what a policy reads is known.
#[test]
fn words() {
    for word in Policy::words() {
        let policy = Policy::named(word).unwrap();
        assert_eq!(
            serde_json::to_string(&policy).unwrap(),
            format!("\"{word}\"")
        );
        let read: Policy = serde_json::from_str(&format!("\"{word}\"")).unwrap();
        assert_eq!(read, policy);
    }
    assert!(serde_json::to_string(&Policy::Draw(Draw::Normal(0.3))).is_err());
    let error = serde_json::from_str::<Policy>("\"mean\"")
        .unwrap_err()
        .to_string();
    assert!(error.contains("unknown variant `mean`, expected one of `random`"));
    let words: Vec<_> = Initialisation::words().collect();
    assert!(words.contains(&"transfer") && !words.contains(&"load"));
    let init = Initialisation::load("..block2".into(), Policy::MeanVar);
    assert_eq!(init.name, "load-..block2-rest-mean-var");
    let network = network("cbr-tiny", 5);
    for word in words {
        let found = preview(&network, &named(word), None);
        assert_eq!(found.is_err(), named(word).needs_weights(), "{word}");
    }
}

/// Behind the cut of a slimmed network nothing is read, and named draws still apply.
#[test]
fn slimmed_blocks_are_drawn() {
    let choice = Choice {
        slim: Some("block2".into()),
        ..Choice::named("resnet18")
    };
    let input = Input::square(3, 64);
    let (slim, source) = (zoo::network(&choice, input, 5).unwrap(), source("resnet18"));
    let parameters = slim.parameters();
    assert!(parameters.iter().any(|p| p.is_new && !p.is_classifier));
    for word in ["transfer", "knockoff", "shuffle", "mean-var", "pytorch"] {
        let report = preview(&slim, &named(word), from(&source)).unwrap();
        let policy = Initialisation::named(word).unwrap().rules[0].policy;
        for (m, p) in report.tensors.iter().zip(&parameters) {
            if p.is_new && !p.is_classifier {
                let expected = match word {
                    "pytorch" => policy,
                    _ => Policy::Random,
                };
                assert_eq!(
                    (m.policy, m.action),
                    (expected, Action::Drawn),
                    "{}",
                    p.path
                );
            } else if p.kind == Kind::ConvWeight {
                assert_eq!(m.policy, policy, "{word} {}", p.path);
            }
        }
    }
}
