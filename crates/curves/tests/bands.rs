//! Mean curves of an arm and their bands: against definitions, against one another, and where the
//! truth is known.
//!
//! The table of docs/statistics.md (about ten minutes on one core):
//!
//! ```text
//! cargo test --release -p curves --test bands -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use curves::{ArmCurves, Banded, CurveFolds, CurveGrid, SeedCurve};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use stats::{
    ClusterDraws, Clusters, Counts, Finding, Rate, auc, average_precision, normal_below,
    normal_quantile,
};

fn single(cases: usize) -> Clusters {
    Clusters::new((0..cases).map(|_| None)).unwrap()
}

fn curve(labels: &[bool], scores: &[f64], threshold: Option<f64>) -> SeedCurve {
    SeedCurve {
        finding: Finding {
            cases: (0..labels.len()).collect(),
            labels: labels.to_vec(),
            scores: scores.to_vec(),
        },
        threshold,
    }
}

fn plain(seeds: &[Vec<SeedCurve>], cases: usize, grid: &CurveGrid) -> ArmCurves {
    ArmCurves::new(seeds, &single(cases), None, None, grid).unwrap()
}

/// Both kinds of label, scores with many ties.
fn cases() -> impl Strategy<Value = (Vec<bool>, Vec<f64>)> {
    prop::collection::vec((any::<bool>(), -8i32..8), 2..60)
        .prop_map(|cases| {
            let scores = cases.iter().map(|c| f64::from(c.1) / 4.0).collect();
            (cases.iter().map(|c| c.0).collect(), scores)
        })
        .prop_filter("both classes", |(labels, _): &(Vec<bool>, Vec<f64>)| {
            labels.contains(&true) && labels.contains(&false)
        })
}

/// Rates and recalls so close together that areas are nearly exact.
fn fine() -> CurveGrid {
    CurveGrid {
        false_positive_rates: (0..=4000).map(|i| f64::from(i) / 4000.0).collect(),
        recalls: (1..=4000).map(|i| f64::from(i) / 4000.0).collect(),
    }
}

fn trapezoids(x: &[f64], y: &[f64]) -> f64 {
    let places = x.windows(2).zip(y.windows(2));
    places
        .map(|(x, y)| (x[1] - x[0]) * (y[0] + y[1]) / 2.0)
        .sum()
}

/// Points of every threshold from the highest down: false-positive rate, sensitivity, precision.
fn points(labels: &[bool], scores: &[f64]) -> Vec<[f64; 3]> {
    let mut thresholds = scores.to_vec();
    thresholds.sort_by(|a, b| b.total_cmp(a));
    thresholds.dedup();
    let all = |answer: bool| labels.iter().filter(|l| **l == answer).count() as f64;
    let called = |threshold: f64, answer: bool| {
        let cases = labels.iter().zip(scores);
        cases
            .filter(|(l, s)| **l == answer && **s >= threshold)
            .count() as f64
    };
    let point = |threshold: f64| {
        let (found, alarms) = (called(threshold, true), called(threshold, false));
        [
            alarms / all(false),
            found / all(true),
            found / (found + alarms),
        ]
    };
    thresholds.into_iter().map(point).collect()
}

proptest! {
    #[test]
    fn curves_are_what_their_thresholds_give((labels, scores) in cases()) {
        let grid = CurveGrid::standard();
        let arm = plain(&[vec![curve(&labels, &scores, None)]], labels.len(), &grid);
        let points = points(&labels, &scores);
        for (recall, precision) in grid.recalls.iter().zip(&arm.precision_recall.values) {
            let first = points.iter().find(|[_, found, _]| found >= recall).unwrap();
            prop_assert!((first[2] - precision).abs() < 1e-12);
        }
        let rates = grid.false_positive_rates.iter().zip(&arm.roc.values);
        for (rate, sensitivity) in rates {
            let mut before = [0.0, 0.0];
            let mut expected = 1.0;
            for [alarms, found, _] in &points {
                if *alarms > rate + 1e-12 {
                    let share = ((rate - before[0]) / (alarms - before[0])).max(0.0);
                    expected = before[1] + share * (found - before[1]);
                    break;
                }
                before = [*alarms, *found];
            }
            prop_assert!((expected - sensitivity).abs() < 1e-9, "{rate}: {expected} {sensitivity}");
        }
        prop_assert!(arm.roc.values.is_sorted());
        prop_assert_eq!(arm.roc.values.last(), Some(&1.0));
    }

    #[test]
    fn areas_below_mean_curves_are_mean_areas(
        (labels, first) in cases(), shifts in prop::collection::vec(-3i32..3, 60)
    ) {
        // Another network on the same cases.
        let moved = first.iter().zip(&shifts);
        let second: Vec<f64> = moved.map(|(s, m)| s + f64::from(*m) / 4.0).collect();
        let seeds = [&first, &second].map(|scores| vec![curve(&labels, scores, None)]);
        let grid = fine();
        let arm = plain(&seeds, labels.len(), &grid);
        let mean = |of: fn(&[bool], &[f64]) -> Result<f64, stats::StatsError>| {
            (of(&labels, &first).unwrap() + of(&labels, &second).unwrap()) / 2.0
        };
        let area = trapezoids(&grid.false_positive_rates, &arm.roc.values);
        prop_assert!((area - mean(auc)).abs() < 0.01, "{area} {}", mean(auc));
        let stairs = arm.precision_recall.values.iter().sum::<f64>() / 4000.0;
        prop_assert!((stairs - mean(average_precision)).abs() < 0.01);
        prop_assert!((arm.average_precision.value - mean(average_precision)).abs() < 1e-12);
    }

    #[test]
    fn only_the_order_of_scores_counts((labels, scores) in cases(), threshold in -8i32..8) {
        let bend = |score: f64| (2.0 * score - 1.0).exp();
        let bent: Vec<f64> = scores.iter().map(|s| bend(*s)).collect();
        let threshold = f64::from(threshold) / 4.0;
        let grid = CurveGrid::standard();
        let arm = |scores: &[f64], threshold| {
            plain(&[vec![curve(&labels, scores, Some(threshold))]], labels.len(), &grid)
        };
        let ours = arm(&scores, threshold);
        prop_assert_eq!(&ours, &arm(&bent, bend(threshold)));
        let [sensitivity, specificity] = ours.threshold.unwrap();
        let counts = Counts::at(&labels, &scores, threshold).unwrap();
        let share = |rate| counts.rate(rate).unwrap().share;
        prop_assert!((sensitivity.value - share(Rate::Sensitivity)).abs() < 1e-12);
        prop_assert!((specificity.value - share(Rate::Specificity)).abs() < 1e-12);
    }

    #[test]
    fn bands_hold_the_curve((labels, scores) in cases(), shifts in prop::collection::vec(-3i32..3, 60)) {
        let moved = scores.iter().zip(&shifts);
        let second: Vec<f64> = moved.map(|(s, m)| s + f64::from(*m) / 4.0).collect();
        let seeds = [&scores, &second, &scores].map(|s| vec![curve(&labels, s, Some(0.0))]);
        let clusters = single(labels.len());
        let draws = ClusterDraws::new(&clusters, 200, 0).unwrap();
        let grid = CurveGrid::standard();
        let arm = ArmCurves::new(&seeds, &clusters, Some(&draws), None, &grid).unwrap();
        let alone = ArmCurves::new(&seeds, &clusters, None, None, &grid).unwrap();
        prop_assert_eq!(&arm.roc.values, &alone.roc.values);
        prop_assume!(arm.resamples > 0);
        let holds = |value: f64, [low, high]: [f64; 2]| {
            0.0 <= low && low <= value && value <= high && high <= 1.0
        };
        for band in [&arm.roc, &arm.precision_recall] {
            let ends = band.ends.as_ref().unwrap();
            prop_assert!(band.values.iter().zip(ends).all(|(v, ends)| holds(*v, *ends)));
        }
        let single = [&[arm.average_precision][..], &arm.threshold.unwrap()].concat();
        prop_assert!(single.iter().all(|number| holds(number.value, number.ends.unwrap())));
    }
}

#[test]
fn what_cannot_be_drawn_has_a_reason() {
    let grid = CurveGrid::standard();
    let one_class = curve(&[true, true], &[0.1, 0.2], None);
    assert!(ArmCurves::new(&[vec![one_class]], &single(2), None, None, &grid).is_err());
    assert!(ArmCurves::new(&[], &single(2), None, None, &grid).is_err());
    let outside = curve(&[true, false, true], &[0.1, 0.2, 0.3], None);
    assert!(ArmCurves::new(&[vec![outside]], &single(2), None, None, &grid).is_err());
    let zero = CurveGrid {
        recalls: vec![0.0, 1.0],
        ..grid
    };
    let two = curve(&[true, false], &[0.1, 0.2], None);
    let error = ArmCurves::new(&[vec![two]], &single(2), None, None, &zero).unwrap_err();
    assert!(error.to_string().contains("recall of a grid"), "{error}");
}

#[test]
fn folds_widen_and_pictures_of_a_patient_count_together() {
    let mut draw = Draw::new(3);
    let study = Study {
        cases: 120,
        prevalence: 0.4,
        auc: 0.8,
        seed_spread: 0.2,
    };
    let seeds = study.seeds(3, &mut draw);
    let width = |clusters: &Clusters, folds| {
        let draws = ClusterDraws::new(clusters, 400, 0).unwrap();
        let grid = CurveGrid::standard();
        let arm = ArmCurves::new(&seeds, clusters, Some(&draws), folds, &grid).unwrap();
        let ends = arm.roc.ends.unwrap();
        ends.iter().map(|[low, high]| high - low).sum::<f64>()
    };
    let alone = width(&single(120), None);
    let folds = CurveFolds {
        repeats: 1,
        test_to_train: 1.25,
    };
    assert!(width(&single(120), Some(folds)) > 1.05 * alone);
    let names: Vec<String> = (0..120).map(|case| (case / 4).to_string()).collect();
    let patients = Clusters::new(names.iter().map(|name| Some(name.as_str()))).unwrap();
    assert!(width(&patients, None) > 1.02 * alone);
}

/// How much of a score is the patient, seen alike by all networks.
const SHARED: f64 = 0.8;

struct Draw(ChaCha8Rng);

impl Draw {
    fn new(trial: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(trial))
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.0.random::<f64>()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.0.random::<f64>()).cos()
    }
}

/// Networks whose scores are normal in both classes: their curves are known.
struct Study {
    cases: usize,
    prevalence: f64,
    auc: f64,
    seed_spread: f64,
}

impl Study {
    /// How far the classes lie apart so that the mean AUC over seeds is `auc`.
    fn distance(&self) -> f64 {
        normal_quantile(self.auc) * (2.0 + self.seed_spread.powi(2)).sqrt()
    }

    /// Seeds on the same patients; the threshold of each is where half of its positives are.
    fn seeds(&self, seeds: usize, draw: &mut Draw) -> Vec<Vec<SeedCurve>> {
        let labels: Vec<bool> = (0..self.cases)
            .map(|_| draw.0.random::<f64>() < self.prevalence)
            .collect();
        let patients: Vec<f64> = labels.iter().map(|_| draw.normal()).collect();
        let of_seed = |_| {
            let distance = self.distance() + self.seed_spread * draw.normal();
            let score = |(positive, patient): (&bool, &f64)| {
                let own = (1.0 - SHARED).sqrt() * draw.normal() + SHARED.sqrt() * patient;
                own + if *positive { distance } else { 0.0 }
            };
            let scores: Vec<f64> = labels.iter().zip(&patients).map(score).collect();
            vec![curve(&labels, &scores, Some(distance))]
        };
        (0..seeds).map(of_seed).collect()
    }

    /// The mean over seeds of what `of` makes of how far the classes lie apart.
    fn mean(&self, of: impl Fn(f64) -> f64) -> f64 {
        // Midpoints of a thousand equally likely parts of the normal distribution.
        let parts = (0..1000).map(|i| normal_quantile((f64::from(i) + 0.5) / 1000.0));
        let values = parts.map(|z| of(self.distance() + self.seed_spread * z));
        values.sum::<f64>() / 1000.0
    }

    fn sensitivity(&self, rate: f64) -> f64 {
        match rate {
            0.0 => 0.0,
            1.0 => 1.0,
            rate => self.mean(|distance| normal_below(distance + normal_quantile(rate))),
        }
    }

    fn precision(&self, recall: f64) -> f64 {
        self.mean(|distance| {
            let alarms = match recall {
                1.0 => 1.0,
                recall => 1.0 - normal_below(distance + normal_quantile(1.0 - recall)),
            };
            let (true_calls, false_calls) =
                (self.prevalence * recall, (1.0 - self.prevalence) * alarms);
            true_calls / (true_calls + false_calls)
        })
    }

    /// Shares of `trials` studies in which the truth lies within: ROC by place, precision by
    /// place, average precision, sensitivity and specificity of the threshold.
    fn coverage(&self, seeds: usize, trials: u64) -> [Vec<f64>; 3] {
        let grid = CurveGrid::standard();
        let roc: Vec<f64> = grid
            .false_positive_rates
            .iter()
            .map(|r| self.sensitivity(*r))
            .collect();
        let precisions: Vec<f64> = grid.recalls.iter().map(|r| self.precision(*r)).collect();
        let fine = (0..2000).map(|i| self.precision((f64::from(i) + 0.5) / 2000.0));
        let area = fine.sum::<f64>() / 2000.0;
        let specificity = self.mean(normal_below);
        let single = [area, 0.5, specificity];
        let mut held = [
            vec![0.0; roc.len()],
            vec![0.0; precisions.len()],
            vec![0.0; 3],
        ];
        let mut of = 0.0;
        for trial in 0..trials {
            let drawn = self.seeds(seeds, &mut Draw::new(trial));
            let clusters = single_of(&drawn);
            let draws = ClusterDraws::new(&clusters, 200, trial).unwrap();
            let Ok(arm) = ArmCurves::new(&drawn, &clusters, Some(&draws), None, &grid) else {
                continue;
            };
            of += 1.0;
            let count = |held: &mut [f64], truths: &[f64], ends: &[[f64; 2]]| {
                for ((held, truth), [low, high]) in held.iter_mut().zip(truths).zip(ends) {
                    *held += f64::from(u8::from(low <= truth && truth <= high));
                }
            };
            count(&mut held[0], &roc, &arm.roc.ends.unwrap());
            count(
                &mut held[1],
                &precisions,
                &arm.precision_recall.ends.unwrap(),
            );
            let [sensitivity, specificity] = arm.threshold.unwrap();
            let ends = [arm.average_precision, sensitivity, specificity];
            count(
                &mut held[2],
                &single,
                &ends.map(|n: Banded| n.ends.unwrap()),
            );
        }
        held.map(|held| held.iter().map(|held| held / of).collect())
    }
}

fn single_of(seeds: &[Vec<SeedCurve>]) -> Clusters {
    single(seeds[0][0].finding.labels.len())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn bands_cover_a_known_truth() {
    let study = Study {
        cases: 200,
        prevalence: 0.3,
        auc: 0.85,
        seed_spread: 0.1,
    };
    let [roc, precisions, single] = study.coverage(3, 100);
    for covered in [&roc, &precisions, &single] {
        assert!((0.92..=0.995).contains(&mean(covered)), "{covered:?}");
    }
    let worst = roc.iter().chain(&precisions).copied().fold(1.0, f64::min);
    assert!(worst > 0.85, "{roc:?} {precisions:?}");
}

#[test]
#[ignore = "minutes; prints a table of docs/statistics.md"]
fn coverage_of_bands() {
    println!(
        "| AUC | cases | prevalence | seed spread | seeds | ROC | lowest | precision | lowest | average precision | sensitivity / specificity |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (auc, cases, prevalence, seed_spread) in [
        (0.85, 100, 0.1, 0.1),
        (0.85, 200, 0.3, 0.1),
        (0.95, 200, 0.3, 0.1),
        (0.70, 500, 0.2, 0.1),
        (0.85, 500, 0.05, 0.1),
        (0.85, 500, 0.2, 0.0),
        (0.85, 500, 0.2, 0.1),
        (0.85, 500, 0.2, 0.3),
        (0.95, 500, 0.5, 0.1),
        (0.85, 2000, 0.05, 0.1),
    ] {
        let study = Study {
            cases,
            prevalence,
            auc,
            seed_spread,
        };
        for seeds in [3, 5, 10] {
            if (cases, seeds) == (2000, 10) {
                continue;
            }
            let [roc, precisions, single] = study.coverage(seeds, 500);
            let percent = |share: f64| format!("{:.1}", 100.0 * share);
            let lowest = |values: &[f64]| percent(values.iter().copied().fold(1.0, f64::min));
            println!(
                "| {auc:.2} | {cases} | {} | {seed_spread} | {seeds} | {} | {} | {} | {} | {} | {} / {} |",
                percent(prevalence),
                percent(mean(&roc)),
                lowest(&roc),
                percent(mean(&precisions)),
                lowest(&precisions),
                percent(single[0]),
                percent(single[1]),
                percent(single[2]),
            );
        }
    }
}
