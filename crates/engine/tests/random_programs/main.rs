//! Programs of random networks: whole, planned, and the same on every executor.

mod case;
mod network;
mod recipe;
mod rounding;
mod windowed;

use std::sync::Arc;

use engine::{Cpu, Descent, Mode, Objective, Part, Reference, Training, lower};
use initialisation::{Action, Initialisation, initialise};
use kernels::Precision;
use networks::{Input, Network, Selection};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use regimes::addition::{Adapter, Addition, Lora, Ssf};
use regimes::dropping::{Dropping, Share};
use regimes::{L2Sp, NormPolicy, Phase, Rule, Tuning};

use self::case::{Case, difference};
use self::rounding::Rounding;

/// How far [`difference`] may find results from exact ones: this much, and so many times what
/// rounding them does.
const TOLERANCE: f32 = 1e-4;
const ROUNDINGS: f32 = 50.0;

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
    let windowed = (1..5_usize, 1..3_usize, input.clone());
    prop_oneof![
        5 => (recipe::blocks(), input)
            .prop_map(|(blocks, input)| network::convolutional(&blocks, input)),
        1 => transformer.prop_map(|(depth, heads, registers, is_rotary, input)| {
            network::transformer(depth, heads, registers, is_rotary, input)
        }),
        1 => windowed.prop_map(|(edge, heads, input)| windowed::network(edge, [heads, 4], input)),
    ]
}

/// What stays, what becomes of its norms, and whether a penalty pulls.
fn a_regime() -> impl Strategy<Value = (Phase, Option<L2Sp>)> {
    let freeze = prop::sample::select(vec![
        None,
        None,
        Some(Selection::backbone()),
        Some(Selection::up_to("stem")),
        Some(Selection::up_to("block1")),
        Some("norms".into()),
        Some("*.bias".into()),
    ]);
    let norms = prop::sample::select(vec![
        None,
        Some(NormPolicy::Train),
        Some(NormPolicy::FrozenStatistics),
        Some(NormPolicy::FrozenAffine),
    ]);
    let penalty = prop::option::of(Just(L2Sp {
        alpha: 0.1,
        beta: 0.02,
    }));
    (freeze, norms, prop::option::of(Just(0.7)), penalty).prop_map(
        |(freeze, norms, layer_decay, penalty)| {
            let phase = Phase {
                freeze,
                norms,
                layer_decay,
                ..Phase::full(1.0)
            };
            (phase, penalty)
        },
    )
}

fn a_descent() -> impl Strategy<Value = Descent> {
    let sgd = any::<bool>().prop_map(|nesterov| Rule::Sgd {
        momentum: 0.9,
        nesterov,
    });
    // So large an epsilon that rounding of gradients near 0 decides no direction.
    let adam = any::<bool>().prop_map(|decoupled| Rule::Adam {
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 0.01,
        decoupled,
    });
    let rule = prop_oneof![sgd, adam];
    (rule, prop::sample::select(vec![0.0, 0.05]))
        .prop_map(|(rule, weight_decay)| Descent { rule, weight_decay })
}

/// As the phase says where it fits the network; the first tensors are pulled to their starts.
fn tuning(network: &Network, phase: &Phase, penalty: Option<L2Sp>) -> Tuning {
    let tuning = Tuning::of(phase, network).unwrap_or_else(|_| Tuning::full(network));
    let Some(penalty) = penalty else {
        return tuning;
    };
    let stream = |_: &str| ChaCha8Rng::seed_from_u64(1);
    let (weights, mut report) =
        initialise(network, &Initialisation::random(), None, &stream).expect("random weights");
    let half = report.tensors.len().div_ceil(2);
    for found in &mut report.tensors[..half] {
        found.action = Action::Loaded;
    }
    tuning
        .pulled(penalty, network, &report, &weights)
        .expect("starts of its own shapes")
}

/// A half of everything that can be left out, or nothing.
fn dropping(network: &Network, leaves_out: bool) -> Dropping {
    let share = leaves_out.then_some(Share::Of(0.5));
    let both = Dropping::of(network, share, share);
    // A network without residual sums has features alone.
    both.or_else(|_| Dropping::of(network, share, None))
        .expect("features before the classifier")
}

fn few(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(16),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    }
}

/// Both executors find the same, unless rounding decides what that is: at the corner of a ReLU,
/// between two maxima.
fn agree(case: &Case, steps: u64) -> Result<(), TestCaseError> {
    let exact = case.run(&mut Reference::default(), steps);
    let rounded = case.run(&mut Rounding::default(), steps);
    let (rounding, _) = difference(&rounded, &exact);
    prop_assume!(rounding < TOLERANCE);
    let (found, name) = difference(&case.run(&mut Cpu::default(), steps), &exact);
    let allowed = TOLERANCE + ROUNDINGS * rounding;
    prop_assert!(found < allowed, "{name} is off by {found} of {allowed}");
    Ok(())
}

proptest! {
    #![proptest_config(few(192))]

    #[test]
    fn steps_are_those_of_the_reference(
        network in a_network(),
        (phase, penalty) in a_regime(),
        descent in a_descent(),
        objective in prop::sample::select(vec![
            Objective::CrossEntropy,
            Objective::BinaryCrossEntropy,
            Objective::Given,
        ]),
        average in prop::option::of(Just(0.9)),
        leaves_out in any::<bool>(),
        batch in 2..=4_usize,
        seed in any::<u64>(),
    ) {
        let part = Part::whole(&network, batch);
        let tuning = tuning(&network, &phase, penalty).averaging(average);
        let tuning = tuning.dropping(dropping(&network, leaves_out));
        let training = Training {
            tuning: &tuning,
            precision: Precision::Single,
            objective,
            descent,
        };
        let program = lower(&network, &part, &Mode::Training(training)).expect("layers that fit");
        prop_assert_eq!(program.check(), Ok(()));
        prop_assert!(program.bound_bytes() <= program.memory.peak_bytes());
        agree(&Case::new(&network, Arc::new(program), seed), 2)?;
    }

    #[test]
    fn forward_passes_are_those_of_the_reference(
        network in a_network(),
        mode in prop::sample::select(vec![Mode::Inference, Mode::Observation]),
        batch in 2..=4_usize,
        seed in any::<u64>(),
    ) {
        let part = Part::whole(&network, batch);
        let program = lower(&network, &part, &mode).expect("layers that fit");
        prop_assert_eq!(program.check(), Ok(()));
        agree(&Case::new(&network, Arc::new(program), seed), 1)?;
    }
}

proptest! {
    #![proptest_config(few(48))]

    /// What a regime adds is lowered and learns as everything else does.
    #[test]
    fn additions_are_those_of_the_reference(
        network in a_network(),
        kind in 0..3_u8,
        is_alone in any::<bool>(),
        descent in a_descent(),
        seed in any::<u64>(),
    ) {
        let addition = match kind {
            0 => Addition::Lora(Lora { rank: 1, on: Selection::all(), ..Lora::default() }),
            1 => Addition::Ssf(Ssf::default()),
            _ => Addition::Adapter(Adapter { reduction: 2, on: Selection::all() }),
        };
        let grown = addition.onto(&network);
        prop_assume!(grown.is_ok());
        let network = grown.expect("assumed");
        let phase = match is_alone {
            true => Phase::full(1.0).training_only(["added"]),
            false => Phase::full(1.0),
        };
        let tuning = tuning(&network, &phase, None);
        let training = Training {
            tuning: &tuning,
            precision: Precision::Single,
            objective: Objective::CrossEntropy,
            descent,
        };
        let part = Part::whole(&network, 3);
        let program = lower(&network, &part, &Mode::Training(training)).expect("layers that fit");
        prop_assert_eq!(program.check(), Ok(()));
        agree(&Case::new(&network, Arc::new(program), seed), 2)?;
    }
}
