//! How often what is concluded of single models is false, where the truth is known.
//!
//! Prints the table of docs/predictions.md; a few minutes, so it runs only when asked:
//!
//! ```text
//! cargo test --release -p decisions --test these_models -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod drawn;

use decisions::{Arms, Best, Concludes, Contrast, Shares, corrected};
use drawn::Draw;
use stats::{Delong, Estimate, Outcome, normal_quantile};

const TRIALS: usize = 2000;
/// Of many models, whose joint distribution takes its time.
const TRIALS_OF_MANY: usize = 500;
const MARGIN: f64 = 0.02;
/// How much of a score is the patient, seen alike by all models.
const SHARED: f64 = 0.6;

/// Models of these AUCs on the same cases.
fn models(aucs: &[f64], cases: usize, prevalence: f64, trial: usize) -> Vec<[(u64, Estimate); 1]> {
    let mut draw = Draw::new(trial);
    let positives = (cases as f64 * prevalence).round() as usize;
    let labels: Vec<bool> = (0..cases).map(|case| case < positives).collect();
    let shared: Vec<f64> = labels.iter().map(|_| draw.normal()).collect();
    let model = |auc: &f64| {
        let shift = 2f64.sqrt() * normal_quantile(*auc);
        let scores: Vec<f64> = (0..cases)
            .map(|case| {
                let moved = if labels[case] { shift } else { 0.0 };
                moved + SHARED.sqrt() * shared[case] + (1.0 - SHARED).sqrt() * draw.normal()
            })
            .collect();
        [(
            0,
            Delong::new(&labels, &scores).unwrap().estimate().unwrap(),
        )]
    };
    aucs.iter().map(model).collect()
}

/// What was found in one trial.
struct Found {
    outcomes: Vec<Outcome>,
    covers: Vec<bool>,
    best_covers: bool,
    best_is_kept: bool,
}

fn found(aucs: &[f64], cases: usize, prevalence: f64, trial: usize) -> Found {
    let models = models(aucs, cases, prevalence, trial);
    let arms = Arms::of_these_models(models.iter().map(|model| &model[..]));
    let shares = Shares::of(Concludes {
        on_the_best: true,
        ..Concludes::default()
    });
    let contrasts: Vec<Contrast> = (1..aucs.len())
        .map(|arm| arms.contrast([arm, 0]).unwrap())
        .collect();
    let all: Vec<&Contrast> = contrasts.iter().collect();
    let after = corrected(&all, MARGIN, shares.differences).unwrap();
    let candidates: Vec<usize> = (0..aucs.len()).collect();
    let best = Best::of(&arms, &candidates, MARGIN, shares.best).unwrap();
    let interval = best.interval(&arms, best.highest);
    let top = (0..aucs.len())
        .max_by(|a, b| aucs[*a].total_cmp(&aucs[*b]))
        .unwrap();
    Found {
        outcomes: after
            .iter()
            .zip(&contrasts)
            .map(|(after, contrast)| after.outcome(contrast.difference.mean))
            .collect(),
        covers: contrasts
            .iter()
            .enumerate()
            .filter_map(|(place, contrast)| {
                Some(contrast.interval(0.95)?.contains(aucs[place + 1] - aucs[0]))
            })
            .collect(),
        best_covers: interval.is_none_or(|interval| interval.contains(aucs[best.highest])),
        best_is_kept: best.possible.contains(&top),
    }
}

#[test]
#[ignore = "simulates many thousand comparisons"]
fn conclusions_of_single_models_hold() {
    println!(
        "| models | cases | positive | AUC | false higher or lower | false equivalent | difference covered | best covered | best missed |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut worst = [0.0f64; 2];
    for (count, cases, prevalence, auc) in [
        (2, 60, 0.5, 0.75),
        (2, 200, 0.1, 0.85),
        (2, 1000, 0.3, 0.9),
        (3, 200, 0.3, 0.8),
        (3, 400, 0.05, 0.9),
        (8, 300, 0.3, 0.85),
    ] {
        let null: Vec<f64> = vec![auc; count];
        // All others as far below the first as the margin.
        let mut apart = vec![auc - MARGIN; count];
        apart[0] = auc;
        let mut counts = [0.0; 5];
        let mut differences = 0.0;
        let trials = if count > 3 { TRIALS_OF_MANY } else { TRIALS };
        for trial in 0..trials {
            let equal = found(&null, cases, prevalence, trial);
            let is_false = |o: &Outcome| matches!(o, Outcome::Better | Outcome::Worse);
            counts[0] += f64::from(u8::from(equal.outcomes.iter().any(is_false)));
            counts[2] += equal.covers.iter().filter(|covers| **covers).count() as f64;
            differences += equal.covers.len() as f64;
            counts[3] += f64::from(u8::from(equal.best_covers));
            let far = found(&apart, cases, prevalence, TRIALS + trial);
            let is_equivalent = |o: &Outcome| *o == Outcome::Equivalent;
            counts[1] += f64::from(u8::from(far.outcomes.iter().any(is_equivalent)));
            counts[4] += f64::from(u8::from(!far.best_is_kept));
        }
        let of = |place: usize, all: f64| 100.0 * counts[place] / all;
        let all = trials as f64;
        println!(
            "| {count} | {cases} | {:.0} | {auc} | {:.1}% | {:.1}% | {:.1}% | {:.1}% | {:.1}% |",
            cases as f64 * prevalence,
            of(0, all),
            of(1, all),
            of(2, differences),
            of(3, all),
            of(4, all)
        );
        worst = [worst[0].max(of(0, all)), worst[1].max(of(1, all))];
    }
    // 5% and three Monte Carlo errors of the fewest trials.
    assert!(worst.into_iter().all(|error| error < 8.0), "{worst:?}");
}
