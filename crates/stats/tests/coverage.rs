//! How often intervals hold the truth and tests err, where the truth is known.
//!
//! Prints the tables of docs/statistics.md; about ten minutes on one core, so it runs only when
//! asked:
//!
//! ```text
//! RAYON_NUM_THREADS=1 cargo test --release -p stats --test coverage -- \
//!     --ignored --nocapture --test-threads 1
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF as _, Normal};
use stats::{
    Clusters, Delong, Estimate, Factor, Finding, HierarchicalBootstrap, Interval, LabelEfficiency,
    PatientPermutation, SeedMean, SizeScores,
};

const PREVALENCES: [f64; 3] = [0.05, 0.2, 0.5];
const CASES: [usize; 3] = [100, 500, 2000];
const SEEDS: [usize; 3] = [3, 5, 10];
/// How much of a score is the patient, seen alike by all networks.
const SHARED: f64 = 0.8;

fn quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

struct Draw(ChaCha8Rng);

impl Draw {
    fn new(trial: usize) -> Self {
        Self(ChaCha8Rng::seed_from_u64(trial as u64))
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.0.random::<f64>()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.0.random::<f64>()).cos()
    }
}

/// Counts how often something holds.
#[derive(Default, Clone, Copy)]
struct Share {
    held: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, holds: Option<bool>) {
        if let Some(holds) = holds {
            self.held += usize::from(holds);
            self.of += 1;
        }
    }

    fn percent(self) -> String {
        match self.of {
            0 => "–".into(),
            of => format!("{:.1}", 100.0 * self.held as f64 / of as f64),
        }
    }
}

fn print_row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

fn print_header(cells: &[&str]) {
    print_row(&cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>());
    println!("|{}", "---|".repeat(cells.len()));
}

fn labels(cases: usize, prevalence: f64) -> Vec<bool> {
    let positives = (cases as f64 * prevalence).round() as usize;
    (0..cases).map(|case| case < positives).collect()
}

/// Networks of several seeds on the same patients. The classes lie `distance` apart, plus what a
/// seed adds; the expected AUC is known.
struct Arms {
    labels: Vec<bool>,
    seed_spread: f64,
}

impl Arms {
    /// The distance at which the mean AUC over seeds is `auc`: Φ(distance / √(2 + spread²)).
    fn distance(&self, auc: f64) -> f64 {
        quantile(auc) * (2.0 + self.seed_spread.powi(2)).sqrt()
    }

    fn patients(&self, draw: &mut Draw) -> Vec<f64> {
        self.labels.iter().map(|_| draw.normal()).collect()
    }

    fn seeds(&self, auc: f64, seeds: usize, patients: &[f64], draw: &mut Draw) -> Vec<Finding> {
        let of_seed = |_| {
            let distance = self.distance(auc) + self.seed_spread * draw.normal();
            let score = |(positive, patient): (&bool, &f64)| {
                let own = (1.0 - SHARED).sqrt() * draw.normal() + SHARED.sqrt() * patient;
                own + if *positive { distance } else { 0.0 }
            };
            let scores = self.labels.iter().zip(patients).map(score).collect();
            Finding {
                cases: (0..self.labels.len()).collect(),
                labels: self.labels.clone(),
                scores,
            }
        };
        (0..seeds).map(of_seed).collect()
    }
}

fn estimate(finding: &Finding) -> Estimate {
    let curve = Delong::new(&finding.labels, &finding.scores).unwrap();
    curve.estimate().unwrap()
}

fn single(findings: &[Finding]) -> Vec<Vec<Finding>> {
    findings
        .iter()
        .map(|finding| vec![finding.clone()])
        .collect()
}

fn unclustered(cases: usize) -> Clusters {
    Clusters::new((0..cases).map(|_| None)).unwrap()
}

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn one_curve() {
    println!("\nOne curve, independent patients, 4000 draws: coverage of 95% intervals\n");
    print_header(&[
        "AUC",
        "cases",
        "prevalence",
        "positives",
        "Wald",
        "DeLong logit",
        "logit t",
    ]);
    for auc in [0.7, 0.85, 0.95] {
        for (cases, prevalence) in grid() {
            let arms = Arms {
                labels: labels(cases, prevalence),
                seed_spread: 0.0,
            };
            let [mut wald, mut logit, mut t] = [Share::default(); 3];
            for trial in 0..4000 {
                let mut draw = Draw::new(trial);
                let patients = arms.patients(&mut draw);
                let finding = arms.seeds(auc, 1, &patients, &mut draw).remove(0);
                let curve = Delong::new(&finding.labels, &finding.scores).unwrap();
                wald.add(curve.wald_interval(0.95).ok().map(|i| i.contains(auc)));
                logit.add(curve.logit_interval(0.95).ok().map(|i| i.contains(auc)));
                let of_one = curve.estimate().and_then(|e| SeedMean::new(&[e]));
                let interval = of_one.and_then(|m| m.logit_interval(0.95));
                t.add(interval.ok().map(|i| i.contains(auc)));
            }
            let positives = arms.labels.iter().filter(|l| **l).count();
            let mut row = vec![auc.to_string(), cases.to_string(), prevalence.to_string()];
            row.extend([
                positives.to_string(),
                wald.percent(),
                logit.percent(),
                t.percent(),
            ]);
            print_row(&row);
        }
    }
}

fn grid() -> impl Iterator<Item = (usize, f64)> {
    CASES
        .iter()
        .flat_map(|&cases| PREVALENCES.map(|prevalence| (cases, prevalence)))
}

/// Patients with 1 to 6 pictures whose scores go together and whose labels mostly do.
fn pictures(cases: usize, prevalence: f64, auc: f64, draw: &mut Draw) -> (Finding, Clusters) {
    let distance = quantile(auc) * 2f64.sqrt();
    let mut names = Vec::new();
    let (mut labels, mut scores) = (Vec::new(), Vec::new());
    while labels.len() < cases {
        let patient = draw.normal();
        let is_ill = draw.0.random::<f64>() < prevalence;
        let name = names.len().to_string();
        for _ in 0..draw.0.random_range(1..=6) {
            let own = draw.0.random::<f64>() < 0.1;
            let label = if own {
                draw.0.random::<f64>() < prevalence
            } else {
                is_ill
            };
            names.push(name.clone());
            labels.push(label);
            let noise = (1.0 - SHARED).sqrt() * draw.normal() + SHARED.sqrt() * patient;
            scores.push(noise + if label { distance } else { 0.0 });
        }
    }
    let clusters = Clusters::new(names.iter().map(|name| Some(name.as_str()))).unwrap();
    let finding = Finding {
        cases: (0..labels.len()).collect(),
        labels,
        scores,
    };
    (finding, clusters)
}

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn clustered() {
    println!("\nOne curve, patients with 1 to 6 pictures, AUC 0.85, 1000 draws: coverage\n");
    print_header(&[
        "pictures",
        "prevalence",
        "ignoring patients",
        "by patient",
        "bootstrap",
    ]);
    for (cases, prevalence) in grid() {
        let [mut naive, mut by_cluster, mut bootstrap] = [Share::default(); 3];
        for trial in 0..1000 {
            let (finding, clusters) = pictures(cases, prevalence, 0.85, &mut Draw::new(trial));
            let Ok(curve) = Delong::new(&finding.labels, &finding.scores) else {
                continue;
            };
            naive.add(curve.logit_interval(0.95).ok().map(|i| i.contains(0.85)));
            let by = curve.estimate().and_then(|e| e.by_cluster(&clusters));
            let by = by
                .and_then(|e| SeedMean::new(&[e]))
                .and_then(|m| m.logit_interval(0.95));
            by_cluster.add(by.ok().map(|i| i.contains(0.85)));
            let seeds = single(&[finding]);
            let boot = HierarchicalBootstrap::arm(&seeds, &clusters, 200, trial as u64);
            bootstrap.add(boot.ok().map(|b| b.interval.contains(0.85)));
        }
        let row = [naive, by_cluster, bootstrap].map(Share::percent);
        print_row(
            &[
                vec![cases.to_string(), prevalence.to_string()],
                row.to_vec(),
            ]
            .concat(),
        );
    }
}

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn seed_means() {
    println!("\nMean AUC 0.85 over seeds (sd over seeds 0.01), and difference of two arms\n");
    print_header(&[
        "cases",
        "prevalence",
        "seeds",
        "SeedMean",
        "bootstrap",
        "difference: SeedMean",
        "difference: bootstrap",
    ]);
    for (cases, prevalence) in grid() {
        for seeds in SEEDS {
            print_row(&arms_row(cases, prevalence, seeds, 0.06, draws(cases)));
        }
    }
    println!("\nThe same where seeds do not differ but by noise, and where they differ by 0.025\n");
    for spread in [0.0, 0.15] {
        for seeds in SEEDS {
            print_row(&arms_row(500, 0.2, seeds, spread, 1000));
        }
    }
}

fn draws(cases: usize) -> usize {
    if cases < 2000 { 1000 } else { 500 }
}

fn arms_row(
    cases: usize,
    prevalence: f64,
    seeds: usize,
    seed_spread: f64,
    draws: usize,
) -> Vec<String> {
    const AUC: f64 = 0.85;
    let arms = Arms {
        labels: labels(cases, prevalence),
        seed_spread,
    };
    let clusters = unclustered(cases);
    let mut shares = [Share::default(); 4];
    for trial in 0..draws {
        let mut draw = Draw::new(trial);
        let patients = arms.patients(&mut draw);
        let [one, other] = [0, 1].map(|_| arms.seeds(AUC, seeds, &patients, &mut draw));
        let [a, b] =
            [&one, &other].map(|findings| findings.iter().map(estimate).collect::<Vec<_>>());
        let holds = |interval: Interval, truth| Some(interval.contains(truth));
        let mean = SeedMean::new(&a).unwrap().logit_interval(0.95).unwrap();
        shares[0].add(holds(mean, AUC));
        let boot = HierarchicalBootstrap::arm(&single(&one), &clusters, 200, trial as u64);
        shares[1].add(boot.ok().and_then(|b| holds(b.interval, AUC)));
        let pairs = a.iter().zip(&b).map(|(a, b)| a.difference(b).unwrap());
        let same = SeedMean::new(&pairs.collect::<Vec<_>>()).unwrap();
        shares[2].add(holds(same.interval(0.95).unwrap(), 0.0));
        let [one, other] = [single(&one), single(&other)];
        let boot = HierarchicalBootstrap::difference(&one, &other, &clusters, 200, trial as u64);
        shares[3].add(boot.ok().and_then(|b| holds(b.interval, 0.0)));
    }
    let of = [cases.to_string(), prevalence.to_string(), seeds.to_string()];
    [of.to_vec(), shares.map(Share::percent).to_vec()].concat()
}

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn label_efficiencies() {
    println!("\nLabel efficiency, truth 2, AUC +0.04 a doubling, 2000 draws: coverage\n");
    print_header(&["sd over seeds", "seeds", "widened percentiles"]);
    for spread in [0.005, 0.01, 0.02] {
        for seeds in SEEDS {
            let mut share = Share::default();
            for trial in 0..2000 {
                let mut draw = Draw::new(trial);
                let mut size = |cases: usize, doublings: f64| SizeScores {
                    cases,
                    values: (0..seeds)
                        .map(|_| 0.7 + 0.04 * doublings + spread * draw.normal())
                        .collect(),
                };
                let doublings = [0.0, 1.0, 2.0, 3.0, 4.0];
                let baseline = doublings.map(|d| size(100 << d as u32, d));
                let arm = size(200, 2.0);
                let found = LabelEfficiency::new(&arm, &baseline, None, 0.95, 400, trial as u64);
                let interval = found.unwrap().interval.unwrap();
                let is_below = |factor| match factor {
                    Factor::Equal(factor) => factor <= 2.0,
                    Factor::AtMost(_) => true,
                    Factor::Above(_) => false,
                };
                let is_above = |factor| match factor {
                    Factor::Equal(factor) => factor >= 2.0,
                    Factor::AtMost(_) => false,
                    Factor::Above(_) => true,
                };
                share.add(Some(is_below(interval[0]) && is_above(interval[1])));
            }
            print_row(&[spread.to_string(), seeds.to_string(), share.percent()]);
        }
    }
}

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn patient_permutations() {
    println!("\nPatient permutation, type I at 5%, 3 seeds alike, 1000 draws of 200 swaps\n");
    print_header(&["cases", "prevalence", "rejected"]);
    for (cases, prevalence) in grid().filter(|(cases, _)| *cases < 2000) {
        let arms = Arms {
            labels: labels(cases, prevalence),
            seed_spread: 0.0,
        };
        let clusters = unclustered(cases);
        let mut share = Share::default();
        for trial in 0..1000 {
            let mut draw = Draw::new(trial);
            let patients = arms.patients(&mut draw);
            let [one, other] = [0, 1].map(|_| single(&arms.seeds(0.85, 3, &patients, &mut draw)));
            let test = PatientPermutation::new(&one, &other, &clusters, 199, trial as u64);
            share.add(Some(test.unwrap().p <= 0.05));
        }
        print_row(&[cases.to_string(), prevalence.to_string(), share.percent()]);
    }
}
