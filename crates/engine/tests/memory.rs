//! A training step takes the memory that is planned, and after the first asks the operating system
//! for nothing.

use std::alloc::System;
use std::sync::Arc;

use engine::{Descent, Maps, Model, Objective, Part, Program, Targets, Trainer};
use initialisation::{Initialisation, initialise};
use kernels::{LargeBlocks, Precision, memory_use, restart_peak};
use networks::zoo::{Choice, Stem, network};
use networks::{Input, Weights};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use regimes::Rule;

#[global_allocator]
static ALLOCATOR: LargeBlocks<System> = LargeBlocks(System);

const INPUT: Input = Input::square(3, 32);

const BATCH: usize = 8;

/// A network in training, the weights that it began with, and its program.
fn trainer(choice: &Choice) -> (Trainer, Weights, Arc<Program>) {
    let network = network(choice, INPUT, 5).expect("a network of the zoo");
    let streams = |_: &str| ChaCha8Rng::seed_from_u64(1);
    let (weights, _) =
        initialise(&network, &Initialisation::random(), None, &streams).expect("random weights");
    let input = Part::whole(&network, BATCH).input;
    let model = Model::new(network.into(), &weights).expect("weights that fit");
    let rule = Rule::Sgd {
        momentum: 0.9,
        nesterov: false,
    };
    let weight_decay = 0.0;
    let mut trainer = Trainer::new(model, Descent { rule, weight_decay }, Precision::Single);
    let program = trainer.program(input, Objective::CrossEntropy);
    (trainer, weights, program.expect("layers that fit"))
}

/// Takes a step.
fn step(trainer: &mut Trainer) {
    let x = Maps::filled([BATCH, 3, 32, 32], 1.0);
    let targets = Targets::Classes(vec![1.0 / 40.0; 40]);
    trainer.step(&x, &targets, 1e-3);
}

/// One thread: how many tasks hold scratch memory at once must not depend on chance.
fn on_one_thread(work: impl Fn(&Choice) + Send + Sync) {
    let mut resnet = Choice::named("resnet18");
    resnet.stem = Some(Stem::Small);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    pool.expect("a pool of one thread").install(|| {
        for choice in [Choice::named("cbr-tiny"), resnet] {
            work(&choice);
        }
    });
}

/// One test, because the large blocks are the process's.
#[test]
#[cfg(unix)]
fn steps_take_what_is_planned_and_after_the_first_touch_no_new_memory() {
    on_one_thread(|choice| {
        let before = memory_use().used;
        let (mut trainer, weights, program) = trainer(choice);
        restart_peak();
        let mut touched = || {
            step(&mut trainer);
            memory_use().touched
        };
        let touched = [(); 5].map(|()| touched());
        assert!(touched[0] > 0);
        // The first step makes the momentum while the second already has it.
        assert_eq!(touched[1..], [touched[1]; 4], "{choice:?}");

        let start: usize = weights.tensors.values().map(|t| 4 * t.values.len()).sum();
        let found = memory_use().peak - before - start;
        let ratio = found as f64 / program.footprint(1) as f64;
        // Tensors of less than 64 KiB are no large blocks.
        assert!(
            (0.95..1.05).contains(&ratio),
            "{ratio} of the plan of {choice:?}"
        );
    });
}
