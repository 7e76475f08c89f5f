//! Studies whose truth is planted: every claim comes out as it was made.

use std::collections::BTreeMap;
use std::path::Path;

use record::{BlockAnalysis, PairAnalysis, PairBlock, RunAnalysis};
use similarity::{Convention, Measure, Measured};
use stats::{Delong, Estimate};
use study::{OpenStudy, StudyPlan, StudySpec, check, parse};

use crate::casting::Casting;
use crate::claim::Claim;
use crate::finding::Judgement;
use crate::finished_study::{FinishedStudy, Trained};
use crate::judge::judge;
use crate::rule::Outcome;

const LARGE: &str = "cbr-tiny";
const SMALL: &str = "cbr-tiny-slim-stem";
/// Accuracy on the source task, in the order of the networks.
const ACCURACIES: [f64; 5] = [0.9, 0.8, 0.7, 0.6, 0.5];
const CASES: u64 = 1200;

const STUDY: &str = r#"
title = "Planted"
data = { source = "phantom-fundus", task = "ordinal", positive = ">=2", size = 16, count = 60 }
weights = { cbr-tiny = "builtin:cbr-tiny-phantom" }
compare = { margin = 0.03, thresholds = [0.8] }
analysis = { measures = ["mean-cca"] }
[grid]
model = [
  "cbr-tiny",
  { name = "cbr-tiny", slim = "stem" },
  { name = "cbr-tiny", slim = "block1" },
  { name = "cbr-tiny", slim = "block2" },
  { name = "cbr-tiny", truncate = "block2" },
]
init = [
  "random",
  "mean-var",
  "gabor",
  { name = "conv1", load = "conv1" },
  { name = "stem", transfuse = "stem" },
  { name = "block1", transfuse = "block1" },
  "transfer",
]
train_size = [16, "all"]
"#;

const TABLE: &str = r#"
c1 = [{ study = "planted" }]
c2 = [{ study = "planted", large = "cbr-tiny", small = "cbr-tiny-slim-stem" }]
c3 = [{ study = "planted" }]
c4 = [{ study = "planted", large = "cbr-tiny", small = ["cbr-tiny-slim-stem"] }]
c5 = [{ study = "planted", large = "cbr-tiny", small = "cbr-tiny-slim-stem" }]
c6 = [{ study = "planted", large = "cbr-tiny", small = "cbr-tiny-slim-stem" }]
c7 = [{ study = "planted" }]
c8 = [{ study = "planted" }]
c9 = [{ study = "planted", networks = ["cbr-tiny"], prefixes = ["conv1", "stem", "block1", "transfer"], plateau = "block1" }]
c10 = [{ study = "planted", hybrid = "cbr-tiny-slim-stem", whole = "cbr-tiny" }]
"#;

/// What is true of a network from a start.
struct Truth {
    /// How far scores of positive cases are moved up.
    gain: f64,
    /// Steps in which a learning curve rises.
    time: f64,
    /// How alike a block is to its start, the lowest first.
    kept: [f64; 2],
    /// How alike top blocks are to those of a network from a random start.
    alike: f64,
}

/// Of a network by its place, a start, and whether it has all pictures.
type World = fn(usize, &str, bool) -> Truth;

fn is_pretrained(init: &str) -> bool {
    !["random", "mean-var", "gabor"].contains(&init)
}

/// As the paper says.
fn paper(network: usize, init: &str, is_all: bool) -> Truth {
    let is_large = network == 0;
    let few = if is_large { 0.3 } else { 0.05 };
    let helps = !is_all && init == "transfer";
    let (bottom, top) = match (init, is_large) {
        ("transfer", true) => (0.97, 0.62),
        ("transfer", false) => (0.90, 0.52),
        (_, true) => (0.8, 0.6),
        (_, false) => (0.5, 0.5),
    };
    Truth {
        gain: 0.6 + if helps { few } else { 0.0 },
        time: match init {
            "random" | "gabor" => 40.0,
            "mean-var" => 25.0,
            "conv1" => 16.0,
            "stem" => 14.0,
            _ => 12.0,
        },
        kept: [bottom, top],
        alike: match (init, is_large) {
            ("transfer", true) => 0.3,
            ("transfer", false) => 0.48,
            _ => 0.5,
        },
    }
}

/// As it does not.
fn contrary(network: usize, init: &str, is_all: bool) -> Truth {
    let is_large = network == 0;
    let helps = is_all && is_pretrained(init);
    let (bottom, top) = match (init, is_large) {
        ("transfer", _) => (0.5, 0.9),
        (_, true) => (0.5, 0.6),
        (_, false) => (0.8, 0.5),
    };
    Truth {
        gain: [0.55, 0.35, 0.3, 0.25, 0.2][network] + if helps { 0.2 } else { 0.0 },
        time: match init {
            "random" | "gabor" => 20.0,
            "conv1" => 22.0,
            "stem" => 15.0,
            "block1" => 30.0,
            _ => 44.0,
        },
        kept: [bottom, top],
        alike: if init == "transfer" { 0.6 } else { 0.5 },
    }
}

/// A number in 0..1 from what names it.
fn noise(parts: &[u64]) -> f64 {
    let mixed = parts.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |hash, part| {
        let hash = (hash ^ part).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash ^ (hash >> 29)
    });
    (mixed.wrapping_mul(0xc4ce_b9fe_1a85_ec53) >> 11) as f64 / (1u64 << 53) as f64
}

fn auc(gain: f64, arm: u64, seed: u64) -> Estimate {
    let labels: Vec<bool> = (0..CASES).map(|case| case % 2 == 0).collect();
    let score = |case: u64| {
        let moved = if case.is_multiple_of(2) { gain } else { 0.0 };
        noise(&[1, case]) + 0.2 * noise(&[2, case, arm, seed]) + moved
    };
    let scores: Vec<f64> = (0..CASES).map(score).collect();
    let found = Delong::new(&labels, &scores).and_then(|delong| delong.estimate());
    found.expect("an AUC")
}

fn measured(value: f64) -> Vec<Measured> {
    vec![Measured {
        measure: Measure::MeanCca,
        convention: Convention::Spatial,
        value: Ok(value),
        floor: None,
        null: None,
        interval: None,
    }]
}

/// A study of `seeds` seeds in a world whose numbers differ from seed to seed by up to `spread`.
fn planted(world: World, seeds: u64, spread: f64) -> FinishedStudy {
    let spec: StudySpec = parse(STUDY, Path::new("study.toml")).expect("a study");
    let OpenStudy { mut plan, .. } = check(&spec, Path::new(".")).expect("a plan");
    let whole = plan.models[0].source.clone();
    for (model, accuracy) in plan.models.iter_mut().zip(ACCURACIES) {
        model.source = whole.clone().map(|source| study::SourceResult {
            model: model.described.label.clone(),
            top1: Some(accuracy),
            ..source
        });
    }
    let mut study = FinishedStudy {
        name: "planted".into(),
        place: "planted".into(),
        runs: plan.arms.iter().map(|_| Vec::new()).collect(),
        aucs: vec![Vec::new(); plan.arms.len()],
        kept: Vec::new(),
        pairs: Vec::new(),
        machines: Vec::new(),
        seconds: 0.0,
        plan,
    };
    for seed in 0..seeds {
        for arm in 0..study.plan.arms.len() {
            let truth = truth(world, &study.plan, arm);
            let other = |what: u64| 2.0 * spread * (noise(&[what, arm as u64, seed]) - 0.5);
            study.aucs[arm].push((seed, auc(truth.gain + other(3), arm as u64, seed)));
            study.runs[arm].push(trained(seed, &truth, truth.time * (4.0 * other(4)).exp()));
            let kept = [0, 1].map(|end| truth.kept[end] + other(5 + end as u64));
            study.kept.push((arm, seed, run_analysis(kept)));
            for second in seed + 1..seeds {
                let alike = truth.alike + other(8 + second);
                study
                    .pairs
                    .push((arm, [seed, second], pair_analysis(alike)));
            }
        }
    }
    study
}

fn truth(world: World, plan: &StudyPlan, arm: usize) -> Truth {
    let arm = &plan.arms[arm];
    world(arm.model, &arm.init.name, arm.is_all)
}

fn trained(seed: u64, truth: &Truth, time: f64) -> Trained {
    let steps = [
        0, 1, 2, 3, 5, 8, 13, 20, 30, 40, 50, 60, 80, 100, 150, 200, 400,
    ];
    let curve = steps.map(|step| (step, 0.95 - 0.45 * (-(step as f64) / time).exp()));
    Trained {
        seed,
        validation_auc: truth.gain,
        curve: curve.to_vec(),
        redrawn: Some((0..20).map(|i| 1e-4 * (f64::from(i) - 9.5)).collect()),
    }
}

fn run_analysis(kept: [f64; 2]) -> RunAnalysis {
    let blocks = ["stem", "block3"].iter().zip(kept);
    RunAnalysis {
        id: "planted".into(),
        intact_auc: None,
        blocks: blocks
            .map(|(name, value)| BlockAnalysis {
                block: (*name).into(),
                channels: 32,
                datapoints: 1000,
                before_after: measured(value),
                movement: Some(1.0 - value),
                movement_rms: None,
                reset_to_start: None,
                reset_to_random: None,
                neighbours_before: None,
                neighbours_after: None,
            })
            .collect(),
        filters: None,
    }
}

fn pair_analysis(alike: f64) -> PairAnalysis {
    let block = |name: &str, value: f64| PairBlock {
        block: name.into(),
        initial: Vec::new(),
        trained: measured(value),
        channels: None,
    };
    PairAnalysis {
        blocks: vec![
            block("stem", 0.1),
            block("block2", alike),
            block("block3", alike),
        ],
    }
}

fn judged(world: World, seeds: u64, spread: f64) -> Judgement {
    let casting = Casting::parse(TABLE, Path::new("claims.toml")).expect("a table");
    let studies = BTreeMap::from([("planted".to_owned(), planted(world, seeds, spread))]);
    judge(&Claim::ALL, &casting, &studies, "test", false)
}

fn told(judgement: &Judgement) -> String {
    let parts = judgement.findings.iter().flat_map(|finding| {
        let parts = finding.parts.iter();
        parts.map(|part| {
            format!(
                "{} {}: {:?} {:?} {} {:?}\n",
                finding.claim,
                part.what,
                part.value,
                part.interval,
                part.outcome.word(),
                part.reason
            )
        })
    });
    parts.collect()
}

fn all_are(judgement: &Judgement, outcome: Outcome) {
    for finding in &judgement.findings {
        assert_eq!(
            finding.outcome,
            outcome,
            "{}\n{}",
            finding.claim,
            told(judgement)
        );
    }
}

#[test]
fn what_the_paper_says_is_found_where_it_is_true() {
    let judgement = judged(paper, 6, 0.01);
    all_are(&judgement, Outcome::Agrees);
    let page = crate::page(&judgement);
    assert!(page.contains("Claims by outcome: 10 agrees"), "{page}");
    for finding in &judgement.findings {
        let figure = crate::picture(finding).expect("a picture");
        assert!(figure.svg().contains("<svg"), "{}", finding.claim);
    }
}

#[test]
fn what_is_not_true_is_contradicted() {
    let judgement = judged(contrary, 6, 0.01);
    all_are(&judgement, Outcome::Disagrees);
}

#[test]
fn where_seeds_differ_by_more_than_what_is_asked_it_stays_open() {
    let judgement = judged(paper, 4, 0.4);
    all_are(&judgement, Outcome::Undecided);
    let is_open = |part: &&crate::Part| part.outcome == Outcome::Undecided;
    let parts = judgement.findings.iter().flat_map(|finding| &finding.parts);
    for part in parts.filter(is_open) {
        assert!(part.settles.is_some(), "{part:?}");
    }
}

#[test]
fn two_seeds_conclude_nothing() {
    let judgement = judged(paper, 2, 0.01);
    let c3 = |finding: &&crate::Finding| finding.claim != Claim::C3;
    for finding in judgement.findings.iter().filter(c3) {
        assert_eq!(finding.outcome, Outcome::Undecided, "{}", told(&judgement));
        let parts = finding.parts.iter();
        assert!(
            parts.clone().all(|part| part.interval.is_none()),
            "{}",
            finding.claim
        );
        assert!(parts.clone().all(|part| part.reason.is_some()));
    }
}

#[test]
fn what_is_not_there_is_not_run_and_says_why() {
    let mut study = planted(paper, 3, 0.01);
    study.plan.analysis = None;
    study.plan.compare.thresholds = vec![0.96];
    let casting = Casting::parse(TABLE, Path::new("claims.toml")).expect("a table");
    let studies = BTreeMap::from([("planted".to_owned(), study)]);
    let judgement = judge(&Claim::ALL, &casting, &studies, "test", false);
    for (claim, why) in [
        (Claim::C5, "no [analysis]"),
        (Claim::C7, "no [analysis]"),
        (Claim::C8, "is not reached in"),
        (Claim::C9, "is not reached in"),
    ] {
        let finding = judgement.findings.iter().find(|found| found.claim == claim);
        let part = &finding.expect("a finding").parts[0];
        assert!(
            part.reason
                .as_deref()
                .is_some_and(|reason| reason.contains(why)),
            "{part:?}"
        );
        assert_eq!(part.outcome, Outcome::NotRun);
    }
    let judgement = judge(&[Claim::C1], &casting, &BTreeMap::new(), "test", false);
    assert_eq!(judgement.findings[0].outcome, Outcome::NotRun);
    let reason = judgement.findings[0].parts[0].reason.as_deref();
    assert_eq!(reason, Some("the study `planted` is not there"));
}

#[test]
fn networks_that_large_and_small_name_are_those_of_the_study() {
    let study = planted(paper, 3, 0.01);
    let labels: Vec<&str> = (0..2)
        .map(|model| study.plan.models[model].described.label.as_str())
        .collect();
    assert_eq!(labels, [LARGE, SMALL]);
}
