//! The zoo beside the processor: a step of every network, forward, gradients and update.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use engine::{Cpu, Descent, Mode, Objective, Part, Program, Training, lower};
use kernels::Precision;
use networks::zoo::{self, Choice};
use networks::{Input, Network};
use regimes::{Rule, Tuning};

use crate::case::{Case, Outcome};

/// How much of themselves pixels are moved by, to see what that does to a network: about as much as
/// one rounding.
const NUDGE: f32 = 1e-7;
/// What a device may differ by, and how many times what a nudge does: a network rounds at every
/// layer.
const ROUNDING: f64 = 1e-5;
const NUDGES: f64 = 30.0;

/// One step of plain descent: what the velocity is afterwards is the gradient.
fn step_of(network: &Network, batch: usize) -> Program {
    let tuning = Tuning::full(network);
    let training = Training {
        tuning: &tuning,
        precision: Precision::Single,
        objective: Objective::CrossEntropy,
        descent: Descent {
            rule: Rule::Sgd {
                momentum: 0.9,
                nesterov: false,
            },
            weight_decay: 0.0,
        },
    };
    let part = Part::whole(network, batch);
    lower(network, &part, &Mode::Training(training)).expect("layers that fit")
}

/// The middle one of how far results are off, by kind of result: as shares of their norms.
fn medians(found: &Outcome, expected: &Outcome) -> BTreeMap<String, f64> {
    let norm = |values: &[f32]| -> f64 {
        let squares = values.iter().map(|value| f64::from(*value).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let mut by_kind: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (name, expected) in expected {
        let off: Vec<f32> = found[name]
            .iter()
            .zip(expected)
            .map(|(a, b)| a - b)
            .collect();
        let kind = name.split(['(', ',', ' ']).next().unwrap_or_default();
        let share = norm(&off) / norm(expected).max(1e-6);
        by_kind.entry(kind.to_owned()).or_default().push(share);
    }
    by_kind
        .into_iter()
        .map(|(kind, mut shares)| {
            shares.sort_by(f64::total_cmp);
            (kind, shares[shares.len() / 2])
        })
        .collect()
}

/// Whether the networks of a family agree, at the size given for each.
fn agree(names: &[(&str, usize)]) {
    if !crate::emulator::is_possible() {
        return;
    }
    for (name, size) in names {
        let network =
            zoo::network(&Choice::named(*name), Input::square(3, *size), 3).expect("a network");
        let program = Arc::new(step_of(&network, 2));
        let case = Case::new(&network, program, 5);
        let expected = case.run(&mut Cpu::default(), 1);
        let nudged = case.nudged(NUDGE).run(&mut Cpu::default(), 1);
        let moved = medians(&nudged, &expected);
        let (mut device, _alone) = crate::device();
        let found = case.run(&mut device, 1);
        let off = medians(&found, &expected);
        println!("{name} at {size}: {off:?}, a nudge: {moved:?}");
        for (kind, share) in off {
            let allowed = ROUNDING + NUDGES * moved[&kind];
            assert!(
                share < allowed,
                "{name}: {kind} is off by {share:.1e} of {allowed:.1e}"
            );
        }
    }
}

/// Pictures of this size reach the end of every network; the deepest need more.
fn size_of(name: &str) -> usize {
    match name {
        "inception-v3" => 96,
        // Patches of 16 pixels.
        "deit-small"
        | "vit-small"
        | "vit-tiny"
        | "vit-small-16-dinov3"
        | "vit-small-plus-16-dinov3" => 32,
        // Of 14 pixels.
        "vit-small-14-reg4" => 28,
        // Such that a batch norm has more than two values of every channel.
        _ => 40,
    }
}

/// Compares the networks of a family in a process of its own: an emulated device computes on one
/// thread of its process.
fn family(name: &str) {
    if !crate::emulator::is_possible() {
        return;
    }
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "zoo::a_family", "--ignored", "--nocapture"])
        .env("TRANSFUSION_TEST_FAMILY", name)
        .output()
        .expect("this test again");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    println!("{text}");
    assert!(output.status.success(), "{text}{errors}");
    assert!(text.contains("1 passed"), "{text}");
}

/// The family that the environment names.
#[test]
#[ignore = "run by the tests below, each family in a process of its own"]
fn a_family() {
    let name = std::env::var("TRANSFUSION_TEST_FAMILY").expect("a family");
    let (_, starts) = FAMILIES
        .into_iter()
        .find(|(family, _)| *family == name)
        .expect("a family of the zoo");
    let is_one = |name: &&str| starts.iter().any(|start| name.starts_with(start));
    let names: Vec<(&str, usize)> = zoo::names()
        .into_iter()
        .filter(is_one)
        .filter(|name| !LARGER.iter().any(|start| name.starts_with(start)))
        .map(|name| (name, size_of(name)))
        .collect();
    assert!(!names.is_empty());
    agree(&names);
}

/// Families by name: how the names of their networks begin.
const FAMILIES: [(&str, &[&str]); 4] = [
    ("plain", &["cbr", "resnet18", "resnet34"]),
    ("deep", &["resnet50", "resnet101", "inception", "densenet"]),
    ("mobile", &["mobilenet", "efficientnet", "regnety"]),
    ("tokens", &["convnext", "deit", "vit", "swin"]),
];

/// How networks begin that have the layers of another of their family, and for which an emulator
/// takes too long.
const LARGER: [&str; 17] = [
    "efficientnet-b1",
    "efficientnet-b2",
    "efficientnet-b3",
    "efficientnet-b4",
    "efficientnet-v2-s",
    "convnext-small",
    "convnext-base",
    "convnext-v2-base",
    "swin-small",
    "swin-base",
    "regnety-800mf",
    "regnety-1.6gf",
    "vit-small-8",
    "vit-small-14-dinov2",
    "vit-base",
    "vit-large",
    "vit-huge",
];

#[test]
fn plain_networks_agree_with_the_processor() {
    family("plain");
}

#[test]
fn deep_networks_agree_with_the_processor() {
    family("deep");
}

#[test]
fn mobile_networks_agree_with_the_processor() {
    family("mobile");
}

#[test]
fn transformers_agree_with_the_processor() {
    family("tokens");
}

#[test]
fn every_network_of_the_zoo_is_in_a_family() {
    let families: Vec<&str> = FAMILIES
        .into_iter()
        .flat_map(|(_, starts)| starts)
        .copied()
        .collect();
    for name in zoo::names() {
        assert!(
            families.iter().any(|start| name.starts_with(start)),
            "{name}"
        );
    }
}
