//! What regimes add to networks, and how it becomes part of their own tensors.

use std::collections::BTreeSet;

use networks::zoo::{self, Choice};
use networks::{HostTensor, Input, Kind, Network, Selection, Weights};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use regimes::addition::{Addition, Lora, Ssf};
use regimes::{Phase, Regime, Tuning};

fn network(name: &str) -> Network {
    zoo::network(&Choice::named(name), Input::square(3, 224), 5).expect("a network of the zoo")
}

/// Some numbers in every tensor.
fn start(network: &Network) -> Weights {
    let tensors = network.parameters().into_iter().map(|p| {
        let values = (0..p.len()).map(|at| (at % 97) as f32 / 97.0).collect();
        let shape = p.shape;
        (p.path, HostTensor { shape, values })
    });
    Weights {
        tensors: tensors.collect(),
    }
}

fn stream(path: &str) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(path.len() as u64)
}

fn lora(rank: usize, on: &str) -> Addition {
    Addition::Lora(Lora {
        rank,
        on: on.into(),
        ..Lora::default()
    })
}

/// Numbers that a regime trains.
fn trained(regime: &Regime, network: &Network) -> usize {
    let grown = regime.network(network).expect("layers that fit");
    let tuning = Tuning::of(&regime.phases[0], &grown).expect("a phase that fits");
    let parameters = grown.parameters().into_iter();
    let trained = parameters.filter(|p| tuning.is_trained(&p.path));
    trained.map(|p| p.len()).sum()
}

/// By hand, of the published sizes: ViT-S/16 has 12 blocks of 384 features, and ResNet-50 26,560
/// channels of batch norms.
#[test]
fn counts_are_those_of_the_definitions() {
    let vit = network("vit-small");
    let head = 5 * 384 + 5;
    let with = |addition| trained(&Regime::full().adding(addition), &vit);
    let beside = |sides: [usize; 2]| 4 * (sides[0] + sides[1]);
    let attention = beside([384, 3 * 384]) + beside([384, 384]);
    let mlp = 2 * beside([384, 4 * 384]);
    assert_eq!(with(lora(4, "attention")), 12 * attention + head);
    assert_eq!(with(lora(4, "linear")), 12 * (attention + mlp) + head);
    // Bias of the pixels, of two norms and four layers a block, of the last norm.
    let biases = 384 + 12 * (384 * 2 + 384 * 3 + 384 + 4 * 384 + 384) + 384;
    assert_eq!(trained(&Regime::bitfit(), &vit), biases + head);
    let norms = 25 * 2 * 384;
    assert_eq!(trained(&Regime::norm_only(), &vit), norms + head);
    assert_eq!(with(Addition::Ssf(Ssf::default())), 2 * biases + head);

    let resnet = network("resnet50");
    let head = 5 * 2048 + 5;
    assert_eq!(trained(&Regime::bitfit(), &resnet), 26_560 + head);
    assert_eq!(trained(&Regime::norm_only(), &resnet), 2 * 26_560 + head);
}

/// In every network that can have it, an addition leaves names and shapes, and the network's
/// tensors before any step: exactly, of LoRA, whose product begins with zeros.
#[test]
fn merging_gives_the_network_back() {
    let mut had = 0;
    let names = [
        "cbr-tiny",
        "resnet18",
        "inception-v3",
        "mobilenet-v2",
        "efficientnet-b0",
        "convnext-tiny",
        "vit-small",
        "swin-tiny",
    ];
    for name in names {
        let network = network(name);
        for addition in [
            lora(2, "linear"),
            lora(2, "convolutions"),
            Addition::Ssf(Ssf::default()),
        ] {
            let Ok(grown) = addition.onto(&network) else {
                continue;
            };
            had += 1;
            grown.cost().expect("shapes that fit");
            let own = grown.parameters().into_iter().filter(|p| !p.is_added);
            assert_eq!(own.collect::<Vec<_>>(), network.parameters(), "{name}");
            let start = start(&network);
            let mut weights = start.clone();
            addition
                .begin(&network, &mut weights, &stream)
                .expect("layers that fit");
            let merged = addition.merged(&network, &weights).expect("all tensors");
            let paths =
                |weights: &Weights| weights.tensors.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(paths(&merged), paths(&start), "{name}");
            if let Addition::Lora(_) = addition {
                assert!(merged == start, "{name}");
            }
            let one = weights
                .tensors
                .keys()
                .find(|path| !start.tensors.contains_key(*path));
            let one = one.expect("an added tensor").clone();
            weights.tensors.remove(&one);
            let error = addition.merged(&network, &weights).unwrap_err().to_string();
            assert!(error.contains(&one), "{error}");
        }
    }
    assert!(had > 2 * names.len(), "{had}");
}

/// Shifts move while the statistics of their norms stay, and scales where they are named too.
#[test]
fn statistics_stay_where_they_are_not_named() {
    let resnet = network("resnet18");
    let tuning = |phase: &Phase| Tuning::of(phase, &resnet).expect("a phase that fits");
    let paths = ["bn1.weight", "bn1.bias", "bn1.running_mean"];
    let of = |tuning: &Tuning| {
        let trained = paths.map(|path| tuning.is_trained(path));
        let frozen = paths.map(|path| tuning.is_frozen(path));
        (trained, frozen, tuning.uses_running("bn1"))
    };
    let bitfit = of(&tuning(&Regime::bitfit().phases[0]));
    assert_eq!(bitfit, ([false, true, false], [true, false, true], true));
    let norms = Regime::norm_only().phases.remove(0);
    let follow = of(&tuning(&norms));
    assert_eq!(follow, ([true, true, false], [false; 3], false));
    let stay = of(&tuning(&norms.freezing("*.running_*".into())));
    assert_eq!(stay, ([true, true, false], [false, false, true], true));
}

/// A layer that holds others has to be known to the walk: linear layers inside of others are found
/// in every network of the zoo.
#[test]
fn no_layer_is_passed_over() {
    for name in zoo::names() {
        let network = network(name);
        let Ok(grown) = lora(1, "linear").onto(&network) else {
            continue;
        };
        let own = network.parameters().into_iter();
        let own = own.filter(|p| p.kind == Kind::LinearWeight && !p.is_classifier);
        let added = grown.parameters().into_iter();
        let added = added.filter(|p| p.path.ends_with(".lora_A.weight"));
        assert_eq!(added.count(), own.count(), "{name}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |addition: Addition, name: &str, says: &str| {
        let error = addition.onto(&network(name)).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    };
    refused(
        lora(4, "linear"),
        "resnet18",
        "finds no layer of network `resnet18`",
    );
    refused(lora(4, "classifier"), "vit-small", "finds no layer");
    refused(lora(4, "norms"), "vit-small", "finds no layer");
    refused(lora(4, "block9"), "resnet18", "no block `block9`");
    refused(lora(385, "attention"), "vit-small", "rank 384 at most");
    let ssf = Addition::Ssf(Ssf {
        on: Selection::classifier(),
    });
    refused(ssf, "resnet18", "SSF on `classifier` finds no layer");
}
