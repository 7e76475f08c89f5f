//! Weights of a whole network in networks that are slimmed or cut off.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use initialisation::{Action, Initialisation, InputAdaptation, Source, initialise};
use networks::zoo::{self, Choice};
use networks::{Input, Network, Pretrained};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

fn slim(name: &str, block: &str) -> Choice {
    Choice {
        slim: Some(block.into()),
        ..Choice::named(name)
    }
}

fn truncated(name: &str, block: &str) -> Choice {
    Choice {
        truncate: Some(block.into()),
        ..Choice::named(name)
    }
}

fn build(choice: &Choice, size: usize) -> Network {
    zoo::network(choice, Input::square(3, size), 5).expect("a network of the zoo")
}

fn stream(path: &str) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(path.bytes().map(u64::from).sum())
}

/// Weights of the whole network serve its variants: what is kept is copied, all else drawn,
/// whatever the initialisation says.
#[test]
fn transfer_copies_exactly_what_is_kept() {
    for (name, size) in [("cbr-tiny", 64), ("mobilenet-v2", 64), ("deit-small", 32)] {
        let whole = build(&Choice::named(name), size);
        let (weights, _) = initialise(&whole, &Initialisation::random(), None, &stream).unwrap();
        let mut file = weights;
        let values = file.tensors.values_mut().flat_map(|t| &mut t.values);
        values.for_each(|v| *v = 2.0 * *v + 0.5);
        for (choice, kept) in [(slim(name, "block1"), 2), (truncated(name, "block1"), 2)] {
            let pretrained = Pretrained::new(&file, &choice.base()).unwrap();
            pretrained.check(&Default::default()).unwrap();
            let source = Source {
                pretrained: &pretrained,
                input: InputAdaptation::Sum,
            };
            let network = build(&choice, size);
            for init in [
                Initialisation::transfer(),
                Initialisation::transfuse("head"),
            ] {
                let (weights, report) = initialise(&network, &init, Some(source), &stream).unwrap();
                for (parameter, found) in network.parameters().iter().zip(&report.tensors) {
                    let path = &parameter.path;
                    let is_kept = parameter.block < kept;
                    let expected = if is_kept {
                        Action::Loaded
                    } else {
                        Action::Drawn
                    };
                    assert_eq!(found.action, expected, "{path}");
                    assert_eq!(weights.tensors[path].shape, parameter.shape);
                    assert!(
                        !is_kept || weights.tensors[path] == file.tensors[path],
                        "{path}"
                    );
                }
                assert!(report.unused.len() + report.loaded == file.tensors.len());
            }
        }
    }
}
