//! Whether a planned power is what studies of that size then find.
//!
//! Prints the table of docs/predictions.md; a few minutes, so it runs only when asked:
//!
//! ```text
//! cargo test --release -p decisions --test design -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod drawn;

use decisions::{Arms, Asked, Concludes, Contrast, Design, Guess, Shares, corrected};
use drawn::Draw;
use stats::{Delong, Estimate, Outcome, normal_quantile};

const STUDIES: usize = 600;
const PREVALENCE: f64 = 0.3;
const AUC: f64 = 0.85;
const MARGIN: f64 = 0.02;
/// Shares of a score's noise: what a patient shows every network, every network of an arm, and one.
const SHARES: [f64; 3] = [0.6, 0.2, 0.2];

/// The shift between classes that gives an AUC, scores having a variance of 1.
fn shift(auc: f64) -> f64 {
    2f64.sqrt() * normal_quantile(auc.clamp(0.01, 0.99))
}

#[derive(Clone, Copy)]
struct Size {
    patients: usize,
    seeds: usize,
    arms: usize,
    seed_sd: f64,
}

/// The arms of a study; the second is better than the others by `gain`.
fn study(size: Size, gain: f64, number: usize) -> Vec<Vec<(u64, Estimate)>> {
    let mut draw = Draw::new(number);
    let positives = (size.patients as f64 * PREVALENCE).round() as usize;
    let labels: Vec<bool> = (0..size.patients).map(|case| case < positives).collect();
    let roots = SHARES.map(f64::sqrt);
    let common: Vec<f64> = labels.iter().map(|_| draw.normal()).collect();
    (0..size.arms)
        .map(|arm| {
            let own: Vec<f64> = labels.iter().map(|_| draw.normal()).collect();
            let auc = AUC + if arm == 1 { gain } else { 0.0 };
            (0..size.seeds as u64)
                .map(|seed| {
                    let shift = shift(auc + size.seed_sd * draw.normal());
                    let scores: Vec<f64> = (0..size.patients)
                        .map(|case| {
                            let noise = roots[0] * common[case] + roots[1] * own[case];
                            let moved = if labels[case] { shift } else { 0.0 };
                            moved + noise + roots[2] * draw.normal()
                        })
                        .collect();
                    (
                        seed,
                        Delong::new(&labels, &scores).unwrap().estimate().unwrap(),
                    )
                })
                .collect()
        })
        .collect()
}

/// Correlations of the errors of AUCs between arms and between seeds, as influences show them.
fn correlations(size: Size) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for number in 0..20 {
        let study = study(size, 0.0, number);
        let of = |arm: usize, seed: usize| &study[arm][seed].1;
        let variance = of(0, 0).influence().variance();
        for (sum, other) in sums.iter_mut().zip([of(1, 1), of(0, 1)]) {
            let error = (variance * other.influence().variance()).sqrt();
            *sum += of(0, 0).influence().covariance(other.influence()).unwrap() / error / 20.0;
        }
    }
    sums
}

/// How often the second arm's comparison with the first ends so, after correction.
fn share(size: Size, gain: f64, outcome: Outcome) -> f64 {
    let share = Shares::of(Concludes {
        on_the_best: true,
        ..Concludes::default()
    });
    let ended = (0..STUDIES).filter(|number| {
        let seeds = study(size, gain, 1000 + number);
        let arms = Arms::new(seeds.iter().map(|seeds| (seeds.as_slice(), 0)));
        let contrasts: Vec<Contrast> = (1..size.arms)
            .map(|arm| arms.contrast([arm, 0]).unwrap())
            .collect();
        let all: Vec<&Contrast> = contrasts.iter().collect();
        let after = corrected(&all, MARGIN, share.differences).unwrap();
        after[0].outcome(contrasts[0].difference.mean) == outcome
    });
    ended.count() as f64 / STUDIES as f64
}

#[test]
#[ignore = "simulates ten thousand studies"]
fn planned_power_is_found() {
    println!(
        "| arms | patients | seeds | seed SD | difference: planned | found | equivalence: planned | found |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (arms, patients, seeds, seed_sd) in [
        (2, 400, 3, 0.005),
        (2, 400, 5, 0.01),
        (2, 1500, 5, 0.01),
        (2, 1500, 10, 0.01),
        (3, 400, 5, 0.01),
        (3, 1500, 3, 0.005),
        (3, 1500, 5, 0.01),
        (6, 1500, 5, 0.01),
    ] {
        let size = Size {
            patients,
            seeds,
            arms,
            seed_sd,
        };
        let [correlation, seed_correlation] = correlations(size);
        // Beyond the margin, so that it is not equivalent.
        let difference = 2.0 * MARGIN;
        let guess = Guess {
            auc: AUC + 0.5 * difference,
            prevalence: PREVALENCE,
            correlation,
            seed_correlation: seed_correlation.max(correlation),
            seed_sd,
        };
        let asked = Asked {
            difference,
            margin: MARGIN,
            arms,
        };
        let planned = Design::guessed(asked, guess).unwrap().cell(patients, seeds);
        let null = Guess { auc: AUC, ..guess };
        let equal = Design::guessed(asked, null).unwrap().cell(patients, seeds);
        let found = share(size, difference, Outcome::Better);
        let found_equal = share(size, 0.0, Outcome::Equivalent);
        let percent = |share: f64| format!("{:.0}%", 100.0 * share);
        println!(
            "| {arms} | {patients} | {seeds} | {seed_sd} | {} | {} | {} | {} |",
            percent(planned.difference[0]),
            percent(found),
            percent(equal.equivalence[0]),
            percent(found_equal)
        );
        // Three Monte Carlo errors, and what the approximations are worth.
        let error = |p: f64| 3.0 * (p * (1.0 - p) / STUDIES as f64).sqrt() + 0.06;
        let is_near = |planned: f64, found: f64| (planned - found).abs() < error(found);
        // More arms strengthen what is known of seeds, so more may be found than is planned.
        let is_safe = |planned: f64, found: f64| arms > 2 && planned < found;
        for (planned, found) in [
            (planned.difference[0], found),
            (equal.equivalence[0], found_equal),
        ] {
            let is_low = planned < 0.5 && found < 0.5;
            assert!(is_near(planned, found) || is_safe(planned, found) || is_low);
        }
    }
}
