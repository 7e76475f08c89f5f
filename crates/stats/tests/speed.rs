//! How often intervals of speed-ups hold the truth, where the truth is known.
//!
//! Prints a table, many minutes on two cores, so it runs only when asked:
//!
//! ```text
//! cargo test --release -p stats --test speed -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF as _, Normal};
use stats::{ArrivalRatio, Delong, PatientDraws, RedrawnCurve, Speed};

const STEPS: u64 = 480;
/// Steps of the baseline to an AUC of 0.8.
const TYPICAL: f64 = 90.0;
const DRAWS: usize = 100;
/// Shares of a score's variance: the patient, the patient in this run, this evaluation.
const SHARES: [f64; 3] = [0.6, 0.35, 0.05];

struct Draw(ChaCha8Rng);

impl Draw {
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.0.random::<f64>()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.0.random::<f64>()).cos()
    }
}

/// Steps 0, 1, 2, 3, 5, 8, … below `every`, then each `every`.
fn evaluations(every: u64) -> Vec<u64> {
    let (mut early, mut next) = (vec![0], [1, 2]);
    while next[0] < every {
        early.push(next[0]);
        next = [next[1], next[0] + next[1]];
    }
    early.extend((1..=STEPS / every).map(|n| n * every));
    early
}

/// True AUC: a logistic rise in log steps from 0.5 to 0.9 that is 0.8 at `speed`.
fn distance(step: u64, speed: f64) -> f64 {
    let place = 2.0 * ((1.0 + step as f64) / (1.0 + speed)).ln() + 3.0f64.ln();
    let auc = 0.5 + 0.4 / (1.0 + (-place).exp());
    2.0f64.sqrt() * Normal::standard().inverse_cdf(auc)
}

/// Of which evaluations the scores are known.
#[derive(Clone, Copy, Debug)]
enum Known {
    /// Of each.
    All,
    /// Of the best of those that are due, whose draws then stand for all.
    Best,
}

struct Setting {
    known: Known,
    pictures: usize,
    every: u64,
    seeds: usize,
    spread: f64,
    ratio: f64,
}

impl Setting {
    fn curve(
        &self,
        speed: f64,
        patients: &[f64],
        sample: &PatientDraws,
        draw: &mut Draw,
    ) -> RedrawnCurve {
        let labels: Vec<bool> = (0..self.pictures).map(|case| case % 3 == 0).collect();
        let own: Vec<f64> = patients.iter().map(|_| draw.normal()).collect();
        let (mut points, mut draws) = (Vec::new(), Vec::new());
        for step in evaluations(self.every) {
            let far = distance(step, speed);
            let scores: Vec<f64> = (0..self.pictures)
                .map(|case| {
                    let noise = SHARES[0].sqrt() * patients[case]
                        + SHARES[1].sqrt() * own[case]
                        + SHARES[2].sqrt() * draw.normal();
                    noise + if labels[case] { far } else { 0.0 }
                })
                .collect();
            let auc = Delong::new(&labels, &scores).unwrap().estimate().unwrap();
            points.push((step, auc.value()));
            draws.push(sample.of(&auc).unwrap());
        }
        if let Known::Best = self.known {
            let due = (0..points.len()).filter(|place| points[*place].0.is_multiple_of(self.every));
            let best = due.reduce(|best, place| match points[place].1 > points[best].1 {
                true => place,
                false => best,
            });
            draws = vec![draws[best.unwrap()].clone(); points.len()];
        }
        RedrawnCurve {
            points,
            draws: Some(draws),
        }
    }

    fn study(&self, trial: u64, sample: &PatientDraws) -> Option<ArrivalRatio> {
        let mut draw = Draw(ChaCha8Rng::seed_from_u64(trial));
        let patients: Vec<f64> = (0..self.pictures).map(|_| draw.normal()).collect();
        let (mut arm, mut baseline) = (Vec::new(), Vec::new());
        for _ in 0..self.seeds {
            let shared = 0.3f64.sqrt() * draw.normal();
            let mut speed = |typical: f64| {
                typical * (self.spread * (shared + 0.7f64.sqrt() * draw.normal())).exp()
            };
            let (theirs, ours) = (speed(TYPICAL), speed(TYPICAL / self.ratio));
            baseline.push(self.curve(theirs, &patients, sample, &mut draw));
            arm.push(self.curve(ours, &patients, sample, &mut draw));
        }
        ArrivalRatio::new(&arm, &baseline, 0.8, 1).ok()
    }

    fn row(&self, trials: u64) {
        let names: Vec<String> = (0..self.pictures).map(|case| case.to_string()).collect();
        let sample = PatientDraws::new(names.iter().map(String::as_str), DRAWS, 1).unwrap();
        let found: Vec<ArrivalRatio> = (0..trials)
            .into_par_iter()
            .filter_map(|trial| self.study(trial, &sample))
            .collect();
        let share = |is: &dyn Fn(&ArrivalRatio) -> bool| {
            100.0 * found.iter().filter(|f| is(f)).count() as f64 / found.len() as f64
        };
        let covers = share(&|f| f.interval.is_some_and(|i| i.contains(self.ratio)));
        let speed =
            |f: &ArrivalRatio| Speed::from_p(f.ratio, f.bound, f.p_difference, f.p_equivalence);
        let differs = share(&|f| matches!(speed(f), Speed::Sooner | Speed::Later));
        let alike = share(&|f| speed(f) == Speed::AsSoon);
        let middle = found.iter().map(|f| f.ratio.ln()).sum::<f64>() / found.len() as f64;
        let exact = share(&|f| f.bound == stats::Bound::Exact);
        println!(
            "| {:?} | {} | {} | {} | {} | {:.2} | {:.3} | {covers:.1} | {differs:.1} | {alike:.1} | {exact:.0} | {} |",
            self.known,
            self.pictures,
            self.every,
            self.seeds,
            self.spread,
            self.ratio,
            middle.exp(),
            found.len()
        );
    }
}

#[test]
#[ignore = "many minutes; prints a table"]
fn speed_ups() {
    println!(
        "\n| known | pictures | every | seeds | SD | truth | mean | covers | sooner or later | as soon | exact | of |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    let quick = std::env::var("QUICK").is_ok();
    for pictures in [60, 200, 1000] {
        for every in [1, 5, 20, 60] {
            for seeds in [3, 5, 10] {
                for (spread, ratio) in [(0.25, 1.0), (0.25, 1.25), (0.25, 2.0)] {
                    let trials = if quick { 200 } else { 1000 };
                    if pictures == 1000 && (every < 20 || seeds == 10)
                        || every == 1 && (pictures > 60 || seeds > 5)
                    {
                        continue;
                    }
                    for known in [Known::All, Known::Best] {
                        let setting = Setting {
                            known,
                            pictures,
                            every,
                            seeds,
                            spread,
                            ratio,
                        };
                        setting.row(trials);
                    }
                }
            }
        }
    }
}
