//! How often what is concluded of arms is false, where the truth is known.
//!
//! Prints the tables of docs/statistics.md; it takes minutes, so it runs only when asked:
//!
//! ```text
//! cargo test --release -p decisions --test errors -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod drawn;

use decisions::{Arms, Best, Concludes, Shares, corrected};
use drawn::Draw;
use rayon::prelude::*;
use stats::{Delong, Estimate, Outcome, normal_below, normal_quantile};

/// How much of a score is the patient, seen alike by all networks.
const SHARED: f64 = 0.6;
const MARGIN: f64 = 0.02;

/// Arms of known expected AUC on the same cases.
struct Scenario {
    name: &'static str,
    cases: usize,
    prevalence: f64,
    seeds: usize,
    /// Expected AUC of each arm, the baseline first, and the SD of its AUC between seeds.
    arms: Vec<[f64; 2]>,
    studies: usize,
}

/// What became of one fabricated study.
#[derive(Default)]
struct Found {
    false_difference: bool,
    false_equivalence: bool,
    missed_the_best: bool,
    detected: Vec<bool>,
    covered: Vec<bool>,
    best_covered: Option<bool>,
    within: bool,
}

impl Scenario {
    /// Φ(distance / √(2 + spread²)) is the mean AUC over seeds.
    fn study(&self, number: usize) -> Found {
        let mut draw = Draw::new(number);
        let positives = (self.cases as f64 * self.prevalence).round() as usize;
        let labels: Vec<bool> = (0..self.cases).map(|case| case < positives).collect();
        let patients: Vec<f64> = labels.iter().map(|_| draw.normal()).collect();
        let mut arm = |[auc, sd]: [f64; 2]| -> Vec<(u64, Estimate)> {
            // The SD of the distance that gives this SD of the AUC, to first order.
            let z = normal_quantile(auc);
            let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
            let spread = sd / density * 2f64.sqrt();
            let distance = z * (2.0 + spread * spread).sqrt();
            (0..self.seeds as u64)
                .map(|seed| {
                    let apart = distance + spread * draw.normal();
                    let scores: Vec<f64> = labels
                        .iter()
                        .zip(&patients)
                        .map(|(label, patient)| {
                            let own = (1.0 - SHARED).sqrt() * draw.normal();
                            own + SHARED.sqrt() * patient + if *label { apart } else { 0.0 }
                        })
                        .collect();
                    (
                        seed,
                        Delong::new(&labels, &scores).unwrap().estimate().unwrap(),
                    )
                })
                .collect()
        };
        let seeds: Vec<Vec<(u64, Estimate)>> = self.arms.iter().map(|a| arm(*a)).collect();
        let arms = Arms::new(seeds.iter().map(|seeds| (&seeds[..], 0)));
        self.judge(&arms)
    }

    fn judge(&self, arms: &Arms) -> Found {
        let shares = Shares::of(Concludes {
            on_speed: true,
            on_the_best: true,
            on_test_sets: false,
        });
        let contrasts: Vec<_> = (1..arms.len())
            .map(|arm| arms.contrast([arm, 0]).unwrap())
            .collect();
        let after = corrected(
            &contrasts.iter().collect::<Vec<_>>(),
            MARGIN,
            shares.differences,
        );
        let mut found = Found::default();
        for (arm, (contrast, after)) in contrasts.iter().zip(after.unwrap()).enumerate() {
            let truth = self.arms[arm + 1][0] - self.arms[0][0];
            let outcome = after.outcome(contrast.difference.mean);
            found.false_difference |= match outcome {
                Outcome::Better => truth <= 0.0,
                Outcome::Worse => truth >= 0.0,
                _ => false,
            };
            found.false_equivalence |=
                outcome == Outcome::Equivalent && truth.abs() >= MARGIN - 1e-12;
            if truth != 0.0 {
                found
                    .detected
                    .push(matches!(outcome, Outcome::Better | Outcome::Worse));
            }
            if let Some(interval) = contrast.interval(0.95) {
                found.covered.push(interval.contains(truth));
            }
        }
        let all: Vec<usize> = (0..arms.len()).collect();
        let best = Best::of(arms, &all, MARGIN, shares.best).unwrap();
        let most = self.arms.iter().map(|arm| arm[0]).fold(0.0, f64::max);
        let is_best = |arm: &usize| self.arms[*arm][0] == most;
        found.missed_the_best = !all.iter().any(|a| is_best(a) && best.possible.contains(a))
            // Of several equal ones, none may be told from the best.
            || all.iter().any(|a| is_best(a) && !best.possible.contains(a));
        found.within = best
            .within_margin
            .iter()
            .any(|a| self.arms[*a][0] < most - MARGIN + 1e-12);
        let interval = best.interval(arms, best.highest);
        found.best_covered = interval.map(|i| i.contains(self.arms[best.highest][0]));
        found
    }

    fn row(&self) -> String {
        let found: Vec<Found> = (0..self.studies)
            .into_par_iter()
            .map(|number| self.study(number))
            .collect();
        let share = |held: usize, of: usize| match of {
            0 => "–".to_owned(),
            of => format!("{:.1}", 100.0 * held as f64 / of as f64),
        };
        let count =
            |is: fn(&Found) -> bool| share(found.iter().filter(|f| is(f)).count(), found.len());
        let all = |of: fn(&Found) -> &Vec<bool>| {
            let flat: Vec<bool> = found.iter().flat_map(|f| of(f).clone()).collect();
            share(flat.iter().filter(|b| **b).count(), flat.len())
        };
        let best: Vec<bool> = found.iter().filter_map(|f| f.best_covered).collect();
        let best_covered = share(best.iter().filter(|b| **b).count(), best.len());
        let any =
            |f: &Found| f.false_difference || f.false_equivalence || f.missed_the_best || f.within;
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.name,
            self.arms.len(),
            self.seeds,
            count(any),
            count(|f| f.false_difference),
            count(|f| f.false_equivalence),
            count(|f| f.missed_the_best),
            all(|f| &f.covered),
            best_covered,
            all(|f| &f.detected),
        )
    }
}

#[test]
#[ignore = "minutes; prints a table"]
fn any_false_outcome() {
    println!(
        "| studies | arms | seeds | any false | better, worse | equivalent | best missed | difference covered | best covered | found |"
    );
    println!("|{}", "---|".repeat(10));
    let quick = std::env::var("STUDIES").ok().and_then(|n| n.parse().ok());
    let flat = |arms: usize, sd: f64| vec![[0.85, sd]; arms];
    let show = |name, cases, prevalence, seeds, arms: Vec<[f64; 2]>| {
        let only = std::env::var("SEEDS").ok().and_then(|n| n.parse().ok());
        if only.is_some_and(|only: usize| only != seeds) {
            return;
        }
        let studies = quick.unwrap_or(if arms.len() > 10 { 500 } else { 2000 });
        let scenario = Scenario {
            name,
            cases,
            prevalence,
            seeds,
            arms,
            studies,
        };
        println!("{}", scenario.row());
    };
    for seeds in [3, 5, 10] {
        for arms in [2, 3, 6, 12] {
            show("equal, seed SD 0.01", 1000, 0.3, seeds, flat(arms, 0.01));
        }
        show("equal, 30 arms", 300, 0.3, seeds, flat(30, 0.01));
        show("equal, seed SD 0", 1000, 0.3, seeds, flat(3, 0.0));
        show("equal, seed SD 0.03", 1000, 0.3, seeds, flat(3, 0.03));
        show("equal, seed SD 0.03", 1000, 0.3, seeds, flat(6, 0.03));
        show("equal, seed SD 0.05", 1000, 0.3, seeds, flat(3, 0.05));
        show("equal, 100 cases, 20%", 100, 0.2, seeds, flat(4, 0.02));
        show("equal, 2000 cases, 5%", 2000, 0.05, seeds, flat(4, 0.02));
        let mut wild = flat(4, 0.005);
        wild[0][1] = 0.03;
        show("equal, baseline wild", 1000, 0.3, seeds, wild.clone());
        wild.swap(0, 1);
        show("equal, one arm wild", 1000, 0.3, seeds, wild);
        let planted = |by: f64| vec![[0.85, 0.01], [0.85 + by, 0.01], [0.85 + by, 0.01]];
        show("two arms at the margin", 2000, 0.5, seeds, planted(0.02));
        show("two arms +0.05", 1000, 0.3, seeds, planted(0.05));
        show(
            "one of three +0.05",
            500,
            0.3,
            seeds,
            vec![[0.85, 0.01], [0.85, 0.01], [0.90, 0.01]],
        );
        show(
            "equal and at the margin",
            4000,
            0.5,
            seeds,
            vec![[0.85, 0.005], [0.85, 0.005], [0.87, 0.005], [0.83, 0.005]],
        );
    }
    assert!(normal_below(0.0) == 0.5);
}
