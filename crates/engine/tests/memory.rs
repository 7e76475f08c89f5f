//! A training step after the first asks the operating system for nothing.

use std::alloc::System;

use engine::{Descent, Maps, Model, Targets, Trainer};
use kernels::{LargeBlocks, Precision, memory_use};
use networks::Input;
use networks::initialisation::{Initialisation, initialise};
use networks::regime::Rule;
use networks::zoo::{Choice, Stem, network};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

#[global_allocator]
static ALLOCATOR: LargeBlocks<System> = LargeBlocks(System);

const INPUT: Input = Input {
    channels: 3,
    size: 32,
};

/// The most large blocks ever touched, in bytes, after each of several steps.
fn touched(choice: &Choice) -> Vec<usize> {
    let network = network(choice, INPUT, 5).expect("a network of the zoo");
    let streams = |_: &str| ChaCha8Rng::seed_from_u64(1);
    let (weights, _) =
        initialise(&network, &Initialisation::random(), None, &streams).expect("random weights");
    let model = Model::new(network.into(), &weights).expect("weights that fit");
    let rule = Rule::Sgd {
        momentum: 0.9,
        nesterov: false,
    };
    let weight_decay = 0.0;
    let mut trainer = Trainer::new(model, Descent { rule, weight_decay }, Precision::Single);
    let x = Maps::filled([8, 3, 32, 32], 1.0);
    let targets = Targets::Classes(vec![1.0 / 40.0; 40]);
    (0..5)
        .map(|_| {
            trainer.step(&x, &targets, 1e-3);
            memory_use().touched
        })
        .collect()
}

#[test]
#[cfg(unix)]
fn steps_after_the_first_touch_no_new_memory() {
    let mut resnet = Choice::named("resnet18");
    resnet.stem = Some(Stem::Small);
    // One thread: how many tasks hold scratch memory at once must not depend on chance.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    pool.unwrap().install(|| {
        for choice in [Choice::named("cbr-tiny"), resnet] {
            let touched = touched(&choice);
            assert!(touched[0] > 0);
            // The first step makes the momentum while the second already has it.
            assert_eq!(touched[1..], [touched[1]; 4], "{choice:?}");
        }
    });
}
