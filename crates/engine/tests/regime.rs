//! Training moves exactly what a phase says it does, in every network of the zoo.

mod formula;

use std::collections::BTreeSet;

use engine::{Descent, Model, Trainer};
use kernels::Precision;
use networks::zoo::{self, Choice, Padding, Stem, Variant};
use networks::{Input, Kind, Network, Parameter, Selection, Weights};
use regimes::Rule;
use regimes::{NormPolicy, Phase, Regime, RegimeError, Tuning};

use formula::{images, targets, weights};

const CLASSES: usize = 3;
const BATCH: usize = 2;

/// Most numbers of a network that is trained here; larger ones are their families' smaller ones with
/// more of everything.
const MOST: usize = 45_000_000;

/// Every network in its cheapest form, and some of their variants.
fn networks() -> Vec<Network> {
    let mut choices: Vec<Choice> = zoo::names().into_iter().map(Choice::named).collect();
    choices.push(Choice {
        variant: Some(Variant::Keras),
        ..Choice::named("resnet50")
    });
    choices.push(Choice {
        stem: Some(Stem::Small),
        ..Choice::named("resnet18")
    });
    choices.push(Choice {
        padding: Some(Padding::Valid),
        ..Choice::named("cbr-tiny")
    });
    let network = |choice: Choice| {
        let size = match choice.name.as_str() {
            "inception-v3" => 75,
            "cbr-tiny" if choice.padding.is_some() => 96,
            // Patches of 14 pixels.
            name if name.contains("-14") => 28,
            _ => 32,
        };
        let input = Input::square(3, size);
        zoo::network(&choice, input, CLASSES).expect("a network of the zoo")
    };
    let networks = choices.into_iter().map(network);
    networks
        .filter(|network| network.parameter_count() < MOST)
        .collect()
}

/// One step of a model that starts as `start`: momentum SGD, with decay so that every trained
/// tensor moves whatever its gradient.
fn step(network: &Network, start: &Weights, phase: Option<&Phase>) -> Weights {
    let model = Model::new(network.clone().into(), start).expect("weights");
    let rule = Rule::Sgd {
        momentum: 0.9,
        nesterov: false,
    };
    let descent = Descent {
        rule,
        weight_decay: 0.1,
    };
    let mut trainer = Trainer::new(model, descent, Precision::Single);
    if let Some(phase) = phase {
        trainer.tune(Tuning::of(phase, network).expect("a phase that fits"));
    }
    let pixels = images(BATCH, network.input.height);
    trainer.step(&pixels, &targets(BATCH, CLASSES), 1e-2);
    trainer.model().weights()
}

fn moved(before: &Weights, after: &Weights) -> BTreeSet<String> {
    let tensors = before.tensors.iter();
    let differ = tensors.filter(|(path, tensor)| {
        let pairs = tensor.values.iter().zip(&after.tensors[*path].values);
        pairs.into_iter().any(|(a, b)| a.to_bits() != b.to_bits())
    });
    differ.map(|(path, _)| path.clone()).collect()
}

/// What the policy says of a norm in the frozen part, and of all else there.
fn moves(p: &Parameter, is_in_part: bool, policy: NormPolicy) -> bool {
    match (is_in_part, p.kind) {
        (false, _) => true,
        (true, Kind::RunningMean | Kind::RunningVariance) => policy == NormPolicy::Train,
        (true, Kind::NormScale | Kind::NormShift) => policy != NormPolicy::FrozenAffine,
        (true, _) => false,
    }
}

/// A prefix, a suffix, a middle range and a pattern of the blocks, each under another policy; in
/// small networks under all of them.
#[test]
fn exactly_what_should_move_does() {
    let policies = [
        None,
        Some(NormPolicy::Train),
        Some(NormPolicy::FrozenStatistics),
        Some(NormPolicy::FrozenAffine),
    ];
    for (count, network) in networks().into_iter().enumerate() {
        let start = weights(&network, 1.2, 0.5);
        let parameters = network.parameters();
        let name = |index: usize| network.blocks[index].name.as_str();
        let head = network.blocks.len() - 1;
        let holds: [(String, Box<dyn Fn(&Parameter) -> bool>); 4] = [
            (format!("..{}", name(2)), Box::new(|p| p.block <= 2)),
            (format!("{}..", name(2)), Box::new(|p| p.block >= 2)),
            (
                format!("{}..{}", name(1), name(head - 1)),
                Box::new(|p| (1..head).contains(&p.block)),
            ),
            ("*1.*".into(), Box::new(|p| p.path.contains("1."))),
        ];
        for (place, (term, holds)) in holds.iter().enumerate() {
            if !parameters.iter().any(holds) {
                continue;
            }
            let all = network.parameter_count() < 1_500_000;
            for policy in policies
                .iter()
                .enumerate()
                .filter(|(i, _)| all || (i + count) % 4 == place)
                .map(|(_, policy)| *policy)
            {
                let phase = Phase {
                    norms: policy,
                    ..Phase::full(1.0).freezing(term.as_str().into())
                };
                let policy = policy.unwrap_or(NormPolicy::FrozenAffine);
                let after = step(&network, &start, Some(&phase));
                let moved = moved(&start, &after);
                let tuning = Tuning::of(&phase, &network).expect("a phase that fits");
                for p in &parameters {
                    let expected = moves(p, holds(p), policy);
                    let what = format!("{} {term} {policy:?}: {}", network.name, p.path);
                    assert_eq!(moved.contains(&p.path), expected, "{what}");
                    assert_eq!(tuning.is_frozen(&p.path), !expected, "{what}");
                }
            }
        }
    }
}

/// A phase that freezes nothing gives the bits that no phase gives.
#[test]
fn nothing_frozen_is_the_plain_training() {
    for name in ["cbr-tiny", "resnet18", "mobilenet-v2", "deit-small"] {
        let input = Input::square(3, 32);
        let network = zoo::network(&Choice::named(name), input, CLASSES).expect("of the zoo");
        let start = weights(&network, 1.2, 0.5);
        let [plain, phase] = [None, Some(&Phase::full(1.0))].map(|p| step(&network, &start, p));
        assert_eq!(moved(&plain, &phase), BTreeSet::new(), "{name}");
    }
}

#[test]
fn words_and_limits() {
    let input = Input::square(3, 32);
    let network = |name: &str| zoo::network(&Choice::named(name), input, CLASSES).expect("network");
    let mobile = network("mobilenet-v2");
    let probe = Tuning::of(&Regime::linear_probe().phases[0], &mobile).expect("a phase");
    for p in mobile.parameters() {
        assert_eq!(probe.is_frozen(&p.path), !p.is_classifier, "{}", p.path);
    }
    let frozen = |regime: Regime| regime.frozen_throughout(&mobile).expect("a regime").len();
    assert_eq!(frozen(Regime::lp_ft()), 0);
    assert_eq!(
        frozen(Regime::linear_probe()),
        mobile.parameters().len() - 2
    );

    let tiny = network("cbr-tiny");
    let gradual = Regime::gradual(&tiny);
    let freezes: Vec<_> = gradual.phases.iter().map(|p| p.name()).collect();
    assert_eq!(
        freezes,
        [
            "freeze-..block3",
            "freeze-..block2",
            "freeze-..block1",
            "freeze-..stem",
            "full"
        ]
    );
    let last = Tuning::of(&gradual.phases[4], &tiny).expect("a phase");
    assert!(last.frozen().is_empty());

    let phase = |decay, rates: &[(&str, f64)]| Phase {
        layer_decay: Some(decay),
        rates: rates.iter().map(|(t, r)| (t.to_string(), *r)).collect(),
        ..Phase::full(1.0)
    };
    let tuning = Tuning::of(&phase(0.5, &[("..block1", 0.1), ("norms", 3.0)]), &tiny).unwrap();
    let close = |path: &str, rate: f64| {
        let found = tuning.rate(path);
        assert!((found / rate - 1.0).abs() < 1e-12, "{path}: {found}");
    };
    close("stem.conv.weight", 0.0625 * 0.1);
    close("block1.bn.weight", 0.125 * 0.1 * 3.0);
    close("block3.conv.weight", 0.5);
    close("fc.weight", 1.0);

    let frozen = |term: &str| -> Vec<String> {
        let phase = Phase::full(1.0).freezing(term.into());
        let tuning = Tuning::of(&phase, &tiny).expect("a phase");
        tuning.frozen().iter().map(|p| p.path.clone()).collect()
    };
    assert_eq!(frozen("stem.bn.weight"), ["stem.bn.weight"]);
    let whole = ["weight", "bias", "running_mean", "running_var"].map(|n| format!("stem.bn.{n}"));
    assert_eq!(frozen("stem.bn.running_var"), whole);

    let all = Phase::full(1.0).freezing(Selection::all());
    assert!(matches!(
        Tuning::of(&all, &tiny),
        Err(RegimeError::NothingTrained { .. })
    ));
    let norms = Phase {
        norms: Some(NormPolicy::FrozenStatistics),
        ..Phase::full(1.0)
    };
    assert!(matches!(
        Tuning::of(&norms, &network("deit-small")),
        Err(RegimeError::NoBatchNorms { .. })
    ));
}

/// Forward passes that a step costs: a probe little more than one.
#[test]
fn a_probe_costs_little_more_than_a_forward_pass() {
    let input = Input::square(3, 64);
    let resnet = zoo::network(&Choice::named("resnet50"), input, CLASSES).expect("of the zoo");
    let passes = |phase: &Phase| {
        let tuning = Tuning::of(phase, &resnet).expect("a phase");
        tuning.passes(&resnet).expect("layers that fit")
    };
    assert!(passes(&Regime::linear_probe().phases[0]) < 1.001);
    assert_eq!(passes(&Phase::full(1.0)), 3.0);
    let half = passes(&Phase::full(1.0).freezing(Selection::up_to("block2")));
    assert!((1.5..2.5).contains(&half), "{half}");
}
