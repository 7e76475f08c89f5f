//! Networks known by names and shapes alone.

use std::collections::BTreeSet;

use initialisation::{
    Action, Foreign, Initialisation, InputAdaptation, Policy, Source, initialise,
};
use networks::zoo::{self, Choice};
use networks::{HostTensor, Input, Kind, Network, Pretrained, Selection, Weights};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use sha2::{Digest as _, Sha256};

fn stream(seed: u64) -> impl Fn(&str) -> ChaCha8Rng {
    move |path| ChaCha8Rng::from_seed(Sha256::digest(format!("{seed} {path}")).into())
}

fn network(name: &str) -> Network {
    let input = Input::square(3, 64);
    zoo::network(&Choice::named(name), input, 7).expect("networks of the zoo can be built")
}

/// Weights unlike any draw, every tensor with a mean and spread of its own.
fn source(name: &str) -> Pretrained {
    let network = network(name);
    let mut weights = Weights::default();
    for (place, parameter) in network.parameters().into_iter().enumerate() {
        let base = 0.02 + 0.001 * (place % 7) as f32;
        let value = |i: usize| {
            let noise = (i as u32).wrapping_mul(2_654_435_761) >> 8;
            let about = if parameter.kind == Kind::RunningVariance {
                1.5
            } else {
                0.1
            };
            base * (noise as f32 / (1 << 23) as f32 - 1.0) + about
        };
        let values = (0..parameter.len()).map(value).collect();
        let shape = parameter.shape;
        let tensor = HostTensor { shape, values };
        weights.tensors.insert(parameter.path, tensor);
    }
    Pretrained::of(Choice::named(name), network, weights)
}

fn foreign(network: &Network) -> Foreign {
    let tensors = network.parameters().into_iter();
    Foreign::new(tensors.map(|p| (p.path, p.shape)), None).expect("names as PyTorch has them")
}

/// A network of the zoo that is taken for a foreign one is made alike, value by value: kinds,
/// norms, the classifier and what is read are told rightly from names and shapes.
#[test]
fn as_the_zoo_does_it() {
    for name in ["resnet18", "resnet50"] {
        let source = source(name);
        let network = network(name);
        for policy in Policy::words().filter_map(Policy::named) {
            let init = match policy {
                Policy::UnitVariance => continue,
                Policy::Gabor { .. } => Initialisation::first_convolution(policy, Policy::Random),
                policy => Initialisation::of("whole", [(Selection::all(), policy)]),
            };
            let input = Source {
                pretrained: &source,
                input: InputAdaptation::Sum,
            };
            let (known, report) = initialise(&network, &init, Some(input), &stream(3)).unwrap();
            let made = foreign(&network)
                .initialise(policy, None, Policy::Random, &source.weights, &stream(3))
                .unwrap();
            assert_eq!(made.len(), report.tensors.len());
            for (made, told) in made.iter().zip(&report.tensors) {
                assert_eq!((&made.name, made.action), (&told.path, told.action));
                let known = &known.tensors[&made.name].values;
                assert_eq!(&made.values, known, "{policy:?} {}", made.name);
            }
        }
    }
}

#[test]
fn a_prefix_ends_where_its_last_tensor_is() {
    let network = network("resnet18");
    let source = source("resnet18");
    let make = |prefix| {
        foreign(&network).initialise(
            Policy::Load,
            Some(prefix),
            Policy::MeanVar,
            &source.weights,
            &stream(1),
        )
    };
    let made = make("layer2").unwrap();
    let loaded: BTreeSet<_> = made
        .iter()
        .filter(|made| made.action == Action::Loaded)
        .map(|made| made.name.split('.').next().unwrap())
        .collect();
    assert_eq!(loaded, BTreeSet::from(["conv1", "bn1", "layer1", "layer2"]));
    let error = make("layer").unwrap_err().to_string();
    assert!(
        error.contains("`layer1`") && error.contains("`fc`"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_told_is_refused() {
    let of = |name: &str, shape: &[usize], head: Option<&[String]>| {
        Foreign::new([(name.to_owned(), shape.to_vec())], head)
    };
    for (name, shape) in [
        ("attn.table", vec![529, 3]),
        ("x", vec![3]),
        ("a.weight", vec![]),
    ] {
        let error = of(name, &shape, None).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    let head = ["head".to_owned()];
    assert!(of("conv.weight", &[4, 3, 3, 3], Some(&head)).is_err());
    let conv = of("conv.weight", &[4, 3, 3, 3], None).unwrap();
    let made = |policy| {
        conv.initialise(
            policy,
            None,
            Policy::Random,
            &Weights::default(),
            &stream(1),
        )
    };
    assert!(
        made(Policy::UnitVariance)
            .unwrap_err()
            .to_string()
            .contains("batch")
    );
    assert!(
        made(Policy::MeanVar)
            .unwrap_err()
            .to_string()
            .contains("missing")
    );
    assert_eq!(made(Policy::Random).unwrap()[0].values.len(), 108);
}
