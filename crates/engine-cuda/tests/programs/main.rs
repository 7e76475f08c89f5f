//! Programs on an emulated device: every instruction for itself beside the exact formulas, and whole
//! steps of random networks and of the zoo beside the processor's kernels.

#[allow(dead_code, reason = "differences are told by norms here")]
#[path = "../../../engine/tests/random_programs/case.rs"]
mod case;
#[path = "../emulator/mod.rs"]
mod emulator;
mod gallery;
mod learning;
#[path = "../../../engine/tests/random_programs/network.rs"]
mod network;
mod order;
#[path = "../../../images/tests/placing/plain.rs"]
mod plain;
#[path = "../../../engine/tests/random_programs/recipe.rs"]
mod recipe;
mod single;
#[path = "../../../engine/tests/random_programs/windowed.rs"]
mod windowed;
mod zoo;

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use engine::{Descent, Mode, Objective, Part, Training, lower};
use engine_cuda::{Cuda, Options};
use kernels::Precision;
use networks::{Input, Network};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use regimes::dropping::{Dropping, Share};
use regimes::{Rule, Tuning};

/// A device of the emulator, for one at a time: it computes on one thread. `TRANSFUSION_TEST_DEVICE`
/// says otherwise: `races` ends the process where two threads of a kernel race, `real` is the first
/// device of this machine.
pub fn device() -> (Cuda, MutexGuard<'static, ()>) {
    static LIBRARIES: Once = Once::new();
    static ALONE: Mutex<()> = Mutex::new(());
    LIBRARIES.call_once(|| {
        let folder = match std::env::var("TRANSFUSION_TEST_DEVICE").as_deref() {
            Ok("real") => return,
            Ok("races") => emulator::libraries_with(emulator::Races::Fatal),
            _ => emulator::libraries(),
        };
        engine_cuda::search_first(vec![folder]);
    });
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let cuda = Cuda::open(0, Options::default()).expect("an emulated device");
    (cuda, alone)
}

fn a_network() -> impl Strategy<Value = Network> {
    let input =
        (1..4_usize, 6..=12_usize, 6..=12_usize).prop_map(|(channels, height, width)| Input {
            channels,
            height,
            width,
        });
    let transformer = (
        1..3_usize,
        1..4_usize,
        0..3_usize,
        any::<bool>(),
        input.clone(),
    );
    let heads = prop::sample::select(vec![[1, 4], [2, 4], [1, 8], [2, 8]]);
    let windowed = (1..9_usize, heads, input.clone());
    prop_oneof![
        5 => (recipe::blocks(), input)
            .prop_map(|(blocks, input)| network::convolutional(&blocks, input)),
        1 => windowed.prop_map(|(edge, heads, input)| windowed::network(edge, heads, input)),
        1 => transformer.prop_map(|(depth, heads, registers, is_rotary, input)| {
            network::transformer(depth, heads, registers, is_rotary, input)
        }),
    ]
}

fn few(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(21),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    }
}

fn a_rule() -> impl Strategy<Value = Rule> {
    let sgd = any::<bool>().prop_map(|nesterov| Rule::Sgd {
        momentum: 0.9,
        nesterov,
    });
    let adam = any::<bool>().prop_map(|decoupled| Rule::Adam {
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 0.01,
        decoupled,
    });
    prop_oneof![sgd, adam]
}

proptest! {
    #![proptest_config(few(64))]

    #[test]
    fn every_instruction_of_a_step_is_right(
        network in a_network(),
        rule in a_rule(),
        objective in prop::sample::select(vec![
            Objective::CrossEntropy,
            Objective::BinaryCrossEntropy,
            Objective::Given,
        ]),
        precision in prop::sample::select(vec![Precision::Single, Precision::Bf16]),
        average in prop::option::of(Just(0.9)),
        leaves_out in any::<bool>(),
        batch in 2..=4_usize,
        seed in any::<u64>(),
    ) {
        // A network without residual sums has features alone.
        let share = leaves_out.then_some(Share::Of(0.5));
        let dropping = Dropping::of(&network, share, share)
            .or_else(|_| Dropping::of(&network, share, None))
            .expect("features before the classifier");
        let tuning = Tuning::full(&network).averaging(average).dropping(dropping);
        let descent = Descent { rule, weight_decay: 0.05 };
        let training = Training { tuning: &tuning, precision, objective, descent };
        let part = Part::whole(&network, batch);
        let program = lower(&network, &part, &Mode::Training(training)).expect("layers that fit");
        single::agree(&network, program, seed)?;
    }

    #[test]
    fn every_instruction_of_inference_is_right(
        network in a_network(),
        mode in prop::sample::select(vec![Mode::Inference, Mode::Observation, Mode::Sensitivity]),
        batch in 2..=4_usize,
        seed in any::<u64>(),
    ) {
        let part = Part::whole(&network, batch);
        let program = lower(&network, &part, &mode).expect("layers that fit");
        single::agree(&network, program, seed)?;
    }
}
