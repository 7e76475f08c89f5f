//! How often the intervals of a cross-validated AUC hold the truth and its tests err, where small
//! networks are really trained in every fold and the truth is known without error.
//!
//! Prints the tables of docs/statistics.md; runs only when asked:
//!
//! ```text
//! cargo test --release -p stats --test cross_validation -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF as _, Normal};
use stats::{
    Clusters, Delong, Estimate, FeatureRows, Interval, Labels, LogisticRegression, ResampledMean,
    SeedMean,
};

/// Features of an arm; each seed sees some of them.
const CHANNELS: usize = 24;
/// Pictures of a patient.
const PICTURES: usize = 2;
/// How much of a feature's noise is the patient, alike in both pictures.
const OF_PATIENT: f64 = 0.5;
/// How much of a feature's noise both arms share.
const OF_BOTH: f64 = 0.5;
/// Share of the patients that are ill.
const PREVALENCE: f64 = 0.3;

/// What is trained.
#[derive(Clone, Copy)]
struct Learner {
    name: &'static str,
    /// Features that a seed sees.
    seen: usize,
    /// Strength of the regression (C): the larger, the more a training set decides.
    strength: f64,
}

/// Much the same whatever it is trained on, but for the seed.
const STEADY: Learner = Learner {
    name: "steady",
    seen: 12,
    strength: 0.05,
};
/// Fits what it is trained on; seeds are much alike.
const RESTLESS: Learner = Learner {
    name: "restless",
    seen: 22,
    strength: 100.0,
};

/// A study that is drawn and cross-validated.
#[derive(Clone, Copy)]
struct Design {
    patients: usize,
    folds: usize,
    repeats: usize,
    seeds: usize,
    learner: Learner,
    /// Distance of the classes in each feature, by arm.
    shifts: [f64; 2],
}

struct Drawn {
    ill: Vec<bool>,
    /// `[pictures, CHANNELS]` of each arm.
    features: [Vec<f32>; 2],
}

fn normal(random: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random::<f64>()).cos()
}

impl Drawn {
    fn new(design: &Design, random: &mut ChaCha8Rng) -> Self {
        let sick = (design.patients as f64 * PREVALENCE).round() as usize;
        let ill: Vec<bool> = (0..design.patients).map(|patient| patient < sick).collect();
        let mut features = [Vec::new(), Vec::new()];
        for is_ill in &ill {
            let mut noise = || (0..CHANNELS).map(|_| normal(random)).collect::<Vec<_>>();
            let patient: [Vec<f64>; 3] = std::array::from_fn(|_| noise());
            for _ in 0..PICTURES {
                let picture: [Vec<f64>; 3] = std::array::from_fn(|_| noise());
                for (arm, rows) in features.iter_mut().enumerate() {
                    let shift = if *is_ill { design.shifts[arm] } else { 0.0 };
                    rows.extend((0..CHANNELS).map(|channel| {
                        let of = |source: usize| {
                            OF_PATIENT.sqrt() * patient[source][channel]
                                + (1.0 - OF_PATIENT).sqrt() * picture[source][channel]
                        };
                        (shift + OF_BOTH.sqrt() * of(2) + (1.0 - OF_BOTH).sqrt() * of(arm)) as f32
                    }));
                }
            }
        }
        Self { ill, features }
    }

    /// Patients by fold, both classes in proportion.
    fn folds(&self, count: usize, random: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
        let mut folds = vec![Vec::new(); count];
        for answer in [true, false] {
            let mut group: Vec<usize> = (0..self.ill.len())
                .filter(|patient| self.ill[*patient] == answer)
                .collect();
            group.shuffle(random);
            for (place, patient) in group.into_iter().enumerate() {
                let fold = if answer { place } else { place + count / 2 };
                folds[fold % count].push(patient);
            }
        }
        folds.iter_mut().for_each(|fold| fold.sort_unstable());
        folds
    }
}

/// The pictures of some patients.
fn pictures(patients: &[usize]) -> Vec<usize> {
    let patients = patients.iter().copied();
    patients
        .flat_map(|patient| (0..PICTURES).map(move |picture| patient * PICTURES + picture))
        .collect()
}

/// What one network scored, and its true AUC in the population.
struct Network {
    estimate: Estimate,
    truth: f64,
}

/// Trains on some patients and tests on others. A seed sees half of the channels.
fn network(
    drawn: &Drawn,
    arm: usize,
    (shift, strength): (f64, f64),
    [train, test]: [&[usize]; 2],
    seen: &[usize],
) -> Network {
    let width = seen.len();
    let all = &drawn.features[arm];
    let features: Vec<f32> = all
        .chunks_exact(CHANNELS)
        .flat_map(|row| seen.iter().map(|channel| row[*channel]))
        .collect();
    let (train, test) = (pictures(train), pictures(test));
    let label = |picture: &usize| usize::from(drawn.ill[picture / PICTURES]);
    let known: Vec<usize> = train.iter().map(label).collect();
    let rows = FeatureRows::new(&features, width, &train).unwrap();
    let labels = Labels::Classes {
        of_case: &known,
        classes: 2,
    };
    let fitted = &LogisticRegression::path(rows, labels, &[strength]).unwrap()[0];
    // The score is linear in the features; its weights, by what a unit step does to it.
    let steps: Vec<f32> = (0..=width)
        .flat_map(|row| (0..width).map(move |channel| f32::from(u8::from(row == channel + 1))))
        .collect();
    let at: Vec<usize> = (0..=width).collect();
    let logit = |p: &[f64]| (p[1] / p[0]).ln();
    let ends = fitted.probabilities(FeatureRows::new(&steps, width, &at).unwrap());
    let ends: Vec<f64> = ends.unwrap().chunks_exact(2).map(logit).collect();
    let weights = ends[1..].iter().map(|end| end - ends[0]);
    let (sum, squares) = weights.fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
    let truth = Normal::standard().cdf(shift * sum / (2.0 * squares).sqrt());
    let tested = FeatureRows::new(&features, width, &test).unwrap();
    let scores: Vec<f64> = fitted.probabilities(tested).unwrap();
    let scores: Vec<f64> = scores.chunks_exact(2).map(|p| p[1]).collect();
    let ill: Vec<bool> = test.iter().map(|picture| label(picture) == 1).collect();
    let curve = Delong::new(&ill, &scores).unwrap();
    let names: Vec<String> = test.iter().map(|t| (t / PICTURES).to_string()).collect();
    let clusters = Clusters::new(names.iter().map(|name| Some(name.as_str()))).unwrap();
    let estimate = curve.clustered_estimate(&clusters).unwrap();
    let estimate = estimate.spread(&test, drawn.ill.len() * PICTURES).unwrap();
    Network { estimate, truth }
}

/// One cross-validated study: networks of each arm by seed and fold.
fn study(design: &Design, trial: u64) -> [Vec<Vec<Network>>; 2] {
    let mut random = ChaCha8Rng::seed_from_u64(trial);
    let drawn = Drawn::new(design, &mut random);
    let folds: Vec<Vec<usize>> = (0..design.repeats)
        .flat_map(|_| drawn.folds(design.folds, &mut random))
        .collect();
    let everyone: Vec<usize> = (0..design.patients).collect();
    [0, 1].map(|arm| {
        let of_seed = |_| {
            let mut channels: Vec<usize> = (0..CHANNELS).collect();
            channels.shuffle(&mut random);
            let seen = &channels[..design.learner.seen];
            let of_fold = |test: &Vec<usize>| {
                let is_train = |patient: &&usize| test.binary_search(patient).is_err();
                let train: Vec<usize> = everyone.iter().filter(is_train).copied().collect();
                network(
                    &drawn,
                    arm,
                    (design.shifts[arm], design.learner.strength),
                    [&train, test],
                    seen,
                )
            };
            folds.iter().map(of_fold).collect()
        };
        (0..design.seeds).map(of_seed).collect()
    })
}

/// Mean true AUC of the procedure: over training sets, folds and seeds.
fn procedure(design: &Design) -> [f64; 2] {
    let truths: Vec<[f64; 2]> = (0..1000u64)
        .into_par_iter()
        .map(|trial| study(design, 1_000_000 + trial).map(|arm| mean_truth(&arm)))
        .collect();
    [0, 1].map(|arm| truths.iter().map(|t| t[arm]).sum::<f64>() / truths.len() as f64)
}

fn mean_truth(arm: &[Vec<Network>]) -> f64 {
    let all: Vec<f64> = arm.iter().flatten().map(|n| n.truth).collect();
    all.iter().sum::<f64>() / all.len() as f64
}

/// What is counted of a study.
const HELD: usize = 13;

/// What one study says.
#[derive(Clone, Copy)]
struct Counted {
    /// Whether intervals hold the truth, and differences are called so.
    held: [bool; HELD],
    /// Of the difference, against the procedure's.
    squared_error: f64,
    /// Of the difference, as it is estimated for the networks.
    variance: f64,
}

fn judge(design: &Design, truth: [f64; 2], trial: u64) -> Counted {
    let arms = study(design, trial);
    let names: Vec<String> = (0..design.patients * PICTURES)
        .map(|picture| (picture / PICTURES).to_string())
        .collect();
    let clusters = Clusters::new(names.iter().map(|name| Some(name.as_str()))).unwrap();
    let ratio = (design.folds as f64 - 1.0).recip();
    let conditional = [0, 1].map(|arm| {
        let of_seed = |seed: &Vec<Network>| {
            let folds: Vec<Estimate> = seed.iter().map(|n| n.estimate.clone()).collect();
            Estimate::over_folds(&folds, design.repeats, &clusters).unwrap()
        };
        arms[arm].iter().map(of_seed).collect::<Vec<_>>()
    });
    let procedural = conditional.clone().map(|arm| {
        let wider = |e: &Estimate| e.of_procedure(ratio * design.folds as f64).unwrap();
        arm.iter().map(wider).collect::<Vec<_>>()
    });
    let realised = [0, 1].map(|arm| mean_truth(&arms[arm]));
    let by_fold = |arm: usize| -> Vec<f64> {
        let folds = design.folds * design.repeats;
        let seeds = design.seeds as f64;
        let mean = |fold: usize| {
            arms[arm]
                .iter()
                .map(|s| s[fold].estimate.value())
                .sum::<f64>()
                / seeds
        };
        (0..folds).map(mean).collect()
    };
    let ours = by_fold(0);
    let resampled_arm = ResampledMean::new(&ours, ratio).unwrap();
    let apart: Vec<f64> = ours.iter().zip(by_fold(1)).map(|(a, b)| a - b).collect();
    let resampled = ResampledMean::new(&apart, ratio).unwrap();
    let holds = |seeds: &[Estimate], truth: f64| {
        let interval = SeedMean::new(seeds).unwrap().logit_interval(0.95).unwrap();
        interval.contains(truth)
    };
    let [plain, wide] = [&conditional, &procedural].map(|arms| {
        let pairs = arms[0].iter().zip(&arms[1]);
        let apart: Vec<_> = pairs.map(|(a, b)| a.difference(b).unwrap()).collect();
        let mean = SeedMean::new(&apart).unwrap();
        (mean.interval(0.95).unwrap(), mean)
    });
    let by_folds = resampled.interval(0.95).unwrap();
    let width = |interval: &Interval| interval.upper - interval.lower;
    let wider = match width(&by_folds) > width(&wide.0) {
        true => &by_folds,
        false => &wide.0,
    };
    let rejects = |p: Option<f64>| p.is_some_and(|p| p < 0.05);
    let (given, mean) = (realised[0] - realised[1], truth[0] - truth[1]);
    Counted {
        held: [
            holds(&conditional[0], realised[0]),
            holds(&conditional[0], truth[0]),
            holds(&procedural[0], truth[0]),
            resampled_arm.interval(0.95).unwrap().contains(truth[0]),
            plain.0.contains(given),
            plain.0.contains(mean),
            wide.0.contains(mean),
            by_folds.contains(mean),
            wider.contains(mean),
            !plain.0.contains(0.0),
            !wide.0.contains(0.0),
            rejects(resampled.p_difference().unwrap()),
            !wider.contains(0.0),
        ],
        squared_error: (plain.1.mean - mean).powi(2),
        variance: plain.1.standard_error.powi(2),
    }
}

/// Studies of a row.
const DRAWS: u64 = 1000;

const COLUMNS: [&str; 20] = [
    "learner",
    "patients",
    "folds",
    "seeds",
    "AUC",
    "difference",
    "networks: AUC",
    "procedure: AUC, plain",
    "widened",
    "resampled t",
    "networks: difference",
    "procedure: difference, plain",
    "widened",
    "resampled t",
    "wider of both",
    "called different: plain",
    "widened",
    "resampled t",
    "wider of both",
    "error² over variance",
];

fn table(learner: Learner, shifts: [f64; 2], seeds: &[usize], sizes: &[(usize, usize, usize)]) {
    println!("| {} |", COLUMNS.join(" | "));
    println!("|{}", "---|".repeat(COLUMNS.len()));
    for &seeds in seeds {
        for &(patients, folds, repeats) in sizes {
            let design = Design {
                patients,
                folds,
                repeats,
                seeds,
                learner,
                shifts,
            };
            row(&design, DRAWS);
        }
    }
}

fn row(design: &Design, draws: u64) {
    let truth = procedure(design);
    let counted: Vec<Counted> = (0..draws)
        .into_par_iter()
        .map(|trial| judge(design, truth, trial))
        .collect();
    let percent = |place: usize| {
        let held = counted.iter().filter(|c| c.held[place]).count();
        format!("{:.1}", 100.0 * held as f64 / draws as f64)
    };
    let sum = |of: fn(&Counted) -> f64| counted.iter().map(of).sum::<f64>();
    let cells: Vec<String> = (0..HELD).map(percent).collect();
    println!(
        "| {} | {} | {}×{} | {} | {:.3} | {:+.3} | {} | {:.2} |",
        design.learner.name,
        design.patients,
        design.folds,
        design.repeats,
        design.seeds,
        truth[0],
        truth[0] - truth[1],
        cells.join(" | "),
        sum(|c| c.squared_error) / sum(|c| c.variance),
    );
}

/// Patients, folds and repeats.
const SIZES: [(usize, usize, usize); 6] = [
    (60, 5, 1),
    (60, 5, 2),
    (150, 5, 1),
    (150, 5, 2),
    (150, 10, 1),
    (500, 5, 1),
];

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn steady_arms_that_are_alike() {
    table(STEADY, [0.3, 0.3], &[1, 3], &SIZES);
}

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn restless_arms_that_are_alike() {
    table(RESTLESS, [0.3, 0.3], &[1, 3], &SIZES);
}

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn an_arm_that_is_better() {
    table(STEADY, [0.42, 0.3], &[3], &SIZES);
}
