//! Hierarchical bootstrap, permutation tests and label efficiency.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use stats::{
    Clusters, Delong, Estimate, Factor, Finding, HierarchicalBootstrap, LabelEfficiency,
    PatientPermutation, SeedMean, SeedPermutation, SizeScores, StatsError, auc,
};

/// Seeds of an arm on the same cases, every third positive; `lift` separates the classes.
fn seeds(cases: u64, lift: f64, seeds: &[u64]) -> Vec<Vec<Finding>> {
    let wave = |x: u64| (x * 7919 % 1009) as f64 / 1009.0;
    let of_seed = |&seed: &u64| {
        let labels: Vec<bool> = (0..cases).map(|case| case.is_multiple_of(3)).collect();
        let score = |case: u64| {
            let own = 0.4 * wave(case * (2 * seed + 3) + 5 * seed);
            wave(case + 1) + own + if case.is_multiple_of(3) { lift } else { 0.0 }
        };
        vec![Finding {
            cases: (0..cases as usize).collect(),
            labels,
            scores: (0..cases).map(score).collect(),
        }]
    };
    seeds.iter().map(of_seed).collect()
}

fn alone(cases: u64) -> Clusters {
    Clusters::new((0..cases).map(|_| None)).unwrap()
}

fn estimates(seeds: &[Vec<Finding>]) -> Vec<Estimate> {
    let estimate = |curves: &Vec<Finding>| {
        let curve = Delong::new(&curves[0].labels, &curves[0].scores).unwrap();
        curve.estimate().unwrap()
    };
    seeds.iter().map(estimate).collect()
}

fn is_near(found: f64, expected: f64, share: f64) {
    assert!(
        (found / expected - 1.0).abs() < share,
        "{found} instead of {expected}"
    );
}

#[test]
fn the_bootstrap_agrees_with_the_influences() {
    let (arm, baseline) = (
        seeds(600, 0.5, &[1, 2, 3, 4]),
        seeds(600, 0.4, &[5, 6, 7, 8]),
    );
    let found = HierarchicalBootstrap::arm(&arm, &alone(600), 2000, 1).unwrap();
    let formula = SeedMean::new(&estimates(&arm)).unwrap();
    assert!((found.mean - formula.mean).abs() < 1e-15);
    is_near(
        found.sampling_standard_error,
        formula.sampling_standard_error,
        0.05,
    );
    is_near(found.standard_error, formula.standard_error, 0.05);
    assert_eq!((found.resamples, found.unusable), (2000, 0));

    let of = |a, b| HierarchicalBootstrap::difference(a, b, &alone(600), 2000, 1).unwrap();
    let (found, turned) = (of(&arm, &baseline), of(&baseline, &arm));
    let pairs = estimates(&arm).into_iter().zip(estimates(&baseline));
    let pairs: Vec<Estimate> = pairs.map(|(a, b)| a.difference(&b).unwrap()).collect();
    let formula = SeedMean::new(&pairs).unwrap();
    is_near(
        found.sampling_standard_error,
        formula.sampling_standard_error,
        0.05,
    );
    is_near(found.standard_error, formula.standard_error, 0.05);
    assert_eq!(found.mean, -turned.mean);
    assert!((found.interval.lower + turned.interval.upper).abs() < 1e-12);
}

#[test]
fn threads_do_not_matter() {
    let (arm, baseline) = (seeds(90, 0.5, &[1, 2, 3]), seeds(90, 0.4, &[4, 5, 6]));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let bootstrap =
                HierarchicalBootstrap::difference(&arm, &baseline, &alone(90), 300, 7).unwrap();
            let test = PatientPermutation::new(&arm, &baseline, &alone(90), 300, 7).unwrap();
            (bootstrap, test)
        })
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn pictures_of_a_patient_are_drawn_together() {
    // Every case twice, as two pictures of a patient: nothing new is known.
    let once = seeds(150, 0.5, &[1, 2, 3]);
    let twice: Vec<Vec<Finding>> = once
        .iter()
        .map(|curves| {
            let Finding { labels, scores, .. } = &curves[0];
            vec![Finding {
                cases: (0..300).collect(),
                labels: [labels.clone(), labels.clone()].concat(),
                scores: [scores.clone(), scores.clone()].concat(),
            }]
        })
        .collect();
    let names: Vec<String> = (0..300).map(|case| (case % 150).to_string()).collect();
    let patients = Clusters::new(names.iter().map(|name| Some(name.as_str()))).unwrap();
    let one = HierarchicalBootstrap::arm(&once, &alone(150), 500, 3).unwrap();
    let two = HierarchicalBootstrap::arm(&twice, &patients, 500, 3).unwrap();
    assert!((one.standard_error - two.standard_error).abs() < 1e-12);
    assert_eq!((one.unusable, one.values), (two.unusable, two.values));
}

#[test]
fn a_mean_of_curves_on_some_of_the_cases() {
    let whole = seeds(200, 0.5, &[1, 2, 3]);
    // The second finding is known of the even cases only.
    let with_second: Vec<Vec<Finding>> = whole
        .iter()
        .map(|curves| {
            let first = curves[0].clone();
            let cases: Vec<usize> = (0..200).step_by(2).collect();
            let second = Finding {
                labels: cases.iter().map(|&case| case.is_multiple_of(4)).collect(),
                scores: cases.iter().map(|&case| first.scores[case]).collect(),
                cases,
            };
            vec![first, second]
        })
        .collect();
    let found = HierarchicalBootstrap::arm(&with_second, &alone(200), 200, 1).unwrap();
    let [first, second] = [&with_second[0][0], &with_second[0][1]];
    let areas = [first, second].map(|f| auc(&f.labels, &f.scores).unwrap());
    assert!((found.values[0] - 0.5 * (areas[0] + areas[1])).abs() < 1e-15);
    let outside = HierarchicalBootstrap::arm(&with_second, &alone(100), 200, 1);
    assert!(matches!(outside, Err(StatsError::Parameter { .. })));
}

#[test]
fn what_cannot_be_resampled_has_a_reason() {
    let mut rare = seeds(60, 0.5, &[1, 2]);
    for curves in &mut rare {
        curves[0].labels = (0..60).map(|case| case == 0).collect();
    }
    // One positive case of 60 is missing from a third of the resamples.
    let found = HierarchicalBootstrap::arm(&rare, &alone(60), 200, 1).unwrap();
    assert!((40..110).contains(&found.unusable), "{}", found.unusable);
    let few = HierarchicalBootstrap::arm(&rare, &alone(60), 60, 1).unwrap_err();
    assert!(matches!(few, StatsError::TooFewResamples { .. }), "{few}");
    let good = seeds(60, 0.5, &[1, 2]);
    assert!(HierarchicalBootstrap::arm(&[], &alone(60), 200, 1).is_err());
    assert!(HierarchicalBootstrap::arm(&good, &alone(60), 10, 1).is_err());
    let pair = |a: &[_], b: &[_]| HierarchicalBootstrap::difference(a, b, &alone(60), 200, 1);
    assert!(matches!(
        pair(&good, &rare),
        Err(StatsError::LabelsDiffer { case: 3 })
    ));
    assert!(pair(&good, &good[..1]).is_err());
    let same = pair(&good, &good).unwrap();
    assert_eq!((same.mean, same.degrees_of_freedom), (0.0, None));
}

/// All swaps of few patients, by the definition.
fn exact_p(arm: &[Vec<Finding>], baseline: &[Vec<Finding>], cases: usize) -> f64 {
    let ranks = |scores: &[f64]| -> Vec<f64> {
        let below = |s: &f64| scores.iter().filter(|o| *o < s).count() as f64;
        let tied = |s: &f64| scores.iter().filter(|o| *o == s).count() as f64;
        scores.iter().map(|s| below(s) + 0.5 * tied(s)).collect()
    };
    let size = |swaps: usize| {
        let mut sum = 0.0;
        for (arm, baseline) in arm.iter().zip(baseline) {
            let [mut a, mut b] = [&arm[0], &baseline[0]].map(|f| ranks(&f.scores));
            for case in (0..cases).filter(|case| swaps >> case & 1 == 1) {
                std::mem::swap(&mut a[case], &mut b[case]);
            }
            sum += auc(&arm[0].labels, &a).unwrap() - auc(&arm[0].labels, &b).unwrap();
        }
        sum.abs()
    };
    let observed = size(0) - 1e-12;
    let all = 1 << cases;
    (0..all).filter(|&swaps| size(swaps) >= observed).count() as f64 / f64::from(all as u32)
}

#[test]
fn swaps_of_patients_approach_the_exact_test() {
    let (arm, baseline) = (seeds(12, 0.9, &[1, 2]), seeds(12, 0.1, &[3, 4]));
    let expected = exact_p(&arm, &baseline, 12);
    let found = PatientPermutation::new(&arm, &baseline, &alone(12), 20_000, 1).unwrap();
    assert!(
        (found.p - expected).abs() < 0.015,
        "{} instead of {expected}",
        found.p
    );
    let turned = PatientPermutation::new(&baseline, &arm, &alone(12), 20_000, 1).unwrap();
    assert_eq!((found.p, found.difference), (turned.p, -turned.difference));
    // Scores on another scale are the same ranks.
    let mut bent = arm.clone();
    for curves in &mut bent {
        curves[0]
            .scores
            .iter_mut()
            .for_each(|s| *s = (5.0 * *s).exp());
    }
    let again = PatientPermutation::new(&bent, &baseline, &alone(12), 20_000, 1).unwrap();
    assert_eq!(again, found);
    let same = PatientPermutation::new(&arm, &arm, &alone(12), 100, 1).unwrap();
    assert_eq!((same.difference, same.p), (0.0, 1.0));
}

#[test]
fn signs_of_seeds_agree_with_scipy() {
    // scipy.stats.permutation_test: checks/stats/arms.py.
    let differences = [0.021, -0.004, 0.013, 0.008, 0.017, -0.001, 0.006];
    let found = SeedPermutation::new(&differences, 1000, 1).unwrap();
    assert_eq!((found.p, found.exact), (0.0625, true));
    assert_eq!(found.smallest_p, 2.0 / 128.0);
    assert_eq!(SeedPermutation::new(&[0.1; 3], 1000, 1).unwrap().p, 0.25);
    assert_eq!(SeedPermutation::new(&[0.0; 3], 1000, 1).unwrap().p, 1.0);
    let many = SeedPermutation::new(&[0.1; 30], 999, 1).unwrap();
    assert_eq!((many.p, many.exact), (0.001, false));
    assert!(SeedPermutation::new(&[], 1000, 1).is_err());
    assert!(SeedPermutation::new(&[f64::NAN], 1000, 1).is_err());
}

fn sizes(values: &[(usize, f64)]) -> Vec<SizeScores> {
    let size = |&(cases, value): &(usize, f64)| SizeScores {
        cases,
        values: vec![value - 0.001, value, value + 0.001],
    };
    values.iter().map(size).collect()
}

#[test]
fn labels_saved_are_read_off_the_baseline() {
    let baseline = sizes(&[(100, 0.70), (200, 0.74), (400, 0.78)]);
    let of = |cases, value| {
        let arm = &sizes(&[(cases, value)])[0];
        LabelEfficiency::new(arm, &baseline, Some(0.001), 0.95, 400, 1).unwrap()
    };
    let Factor::Equal(factor) = of(100, 0.76).factor else {
        panic!("within the sizes tried")
    };
    is_near(factor, 2.0 * 2f64.sqrt(), 1e-9);
    let Some([Factor::Equal(lower), Factor::Equal(upper)]) = of(100, 0.76).interval else {
        panic!("within the sizes tried")
    };
    assert!(
        lower < factor && factor < upper && upper < 3.5,
        "{lower} {upper}"
    );
    assert_eq!(of(100, 0.9).factor, Factor::Above(4.0));
    assert_eq!(of(200, 0.5).factor, Factor::AtMost(0.5));
    assert!(matches!(
        of(100, 0.7805).interval,
        Some([Factor::Equal(_), Factor::Above(_)])
    ));
    let single = SizeScores {
        cases: 100,
        values: vec![0.75],
    };
    assert_eq!(
        LabelEfficiency::new(&single, &baseline, None, 0.95, 400, 1)
            .unwrap()
            .interval,
        None
    );
    // A dip is pooled with what it falls below.
    let dipped = sizes(&[(100, 0.70), (200, 0.76), (400, 0.74), (800, 0.8)]);
    let arm = &sizes(&[(100, 0.75)])[0];
    let found = LabelEfficiency::new(arm, &dipped, None, 0.95, 400, 1).unwrap();
    let Factor::Equal(factor) = found.factor else {
        panic!("within the sizes tried")
    };
    is_near(factor, 2.0, 1e-9);
    for bad in [&baseline[..1], &[baseline[1].clone(), baseline[0].clone()]] {
        assert!(LabelEfficiency::new(arm, bad, None, 0.95, 400, 1).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn an_arm_that_is_the_baseline_saves_nothing(
        gains in prop::collection::vec(0.001..0.05f64, 2..6), at in 0usize..6
    ) {
        let mut value = 0.6;
        let mut rising = Vec::new();
        for (index, gain) in gains.iter().enumerate() {
            value += gain;
            rising.push((100 << index, value));
        }
        let baseline = sizes(&rising);
        let arm = &baseline[at % baseline.len()];
        let found = LabelEfficiency::new(arm, &baseline, None, 0.95, 100, 1).unwrap();
        let Factor::Equal(factor) = found.factor else {
            return Err(TestCaseError::fail("within the sizes tried"));
        };
        prop_assert!((factor - 1.0).abs() < 1e-9);
    }
}
