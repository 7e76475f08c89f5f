//! Arms over seeds and their comparison.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use stats::{Arm, Comparison, Delong, Estimate, Method, Outcome, StatsError, smallest_detectable};

// Golden numbers: checks/stats/arms.py, which holds the same scores, shape [3, 16].
#[rustfmt::skip]
const A: [[f64; 16]; 3] = [
    [3.6, -2.6, 2.0, -0.6, 1.1, -0.2, -0.4, -0.2, 0.7, 3.3, 1.8, -0.4, 1.3, -0.7, 0.5, -0.4],
    [2.1, -0.2, 2.6, -0.2, 1.6, 1.5, 2.1, -0.5, 1.4, 0.5, 3.5, -0.3, 1.4, 1.0, 0.7, -0.3],
    [2.5, 0.6, 1.7, 0.7, -1.2, 1.0, 0.6, -1.7, 1.9, 0.7, 1.2, -1.1, 1.6, -0.1, 3.0, 0.7],
];
#[rustfmt::skip]
const B: [[f64; 16]; 3] = [
    [0.6, 1.1, 0.2, -0.9, 1.0, 0.6, 0.2, -0.8, 0.6, -2.5, 1.1, 0.5, -1.2, 0.1, -0.6, 0.8],
    [-1.6, -0.9, 1.1, 1.2, -1.8, -0.5, 0.7, -0.6, 2.0, -1.2, 0.8, -1.0, 1.8, -0.0, 0.0, -1.7],
    [2.1, 0.8, 1.2, 1.1, 0.7, -0.6, -0.4, -0.8, 1.8, -1.5, -0.2, -0.3, 0.6, 0.6, -0.8, -1.7],
];

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-10,
        "{found} instead of {expected}"
    );
}

fn estimates(seeds: &[[f64; 16]]) -> Vec<Estimate> {
    let labels: Vec<bool> = (0..16).map(|case| case % 2 == 0).collect();
    let estimate = |scores| Delong::new(&labels, scores).unwrap().estimate().unwrap();
    seeds.iter().map(|scores| estimate(scores)).collect()
}

/// Estimates on 2000 cases; `shift` separates the classes, `noise` differs by seed.
fn large(shift: f64, noise: &[u64]) -> Vec<Estimate> {
    let labels: Vec<bool> = (0..2000).map(|case| case % 2 == 0).collect();
    let wave = |case: u64, period: u64| ((case * 7919 + 13) % period) as f64 / period as f64;
    let estimate = |&seed: &u64| {
        let scores: Vec<f64> = (0..2000u64)
            .map(|case| {
                let signal = if case % 2 == 0 { shift } else { 0.0 };
                signal + wave(case, 1009) + 0.02 * wave(case * seed, 997)
            })
            .collect();
        Delong::new(&labels, &scores).unwrap().estimate().unwrap()
    };
    noise.iter().map(estimate).collect()
}

#[test]
fn an_arm_combines_seeds_and_patients() {
    let arm = Arm::new(&estimates(&A)).unwrap();
    let summary = &arm.summary;
    let seeds = summary.seeds.unwrap();
    close(summary.mean, 0.8671875);
    close(summary.sampling_standard_error, 0.06334681776093025);
    close(seeds.standard_error, 0.0358013726168425);
    close(seeds.standard_deviation, 0.0358013726168425 * 3f64.sqrt());
    close(summary.noise_standard_error, 0.058579280620843714);
    // The seeds show less than the noise between them.
    close(summary.standard_error, 0.06334681776093025);
    close(summary.sampling_degrees_of_freedom, 12.259502591301148);
    close(summary.degrees_of_freedom.unwrap(), 12.259502591301148);
    close(arm.interval.lower, 0.6639058765590399);
    close(arm.interval.upper, 0.9557179983392503);
    assert_eq!(summary.cases, 16);
}

#[test]
fn one_seed_has_no_seed_part() {
    let arm = Arm::new(&estimates(&A[..1])).unwrap();
    assert_eq!(arm.summary.seeds, None);
    assert_eq!(
        arm.summary.standard_error,
        arm.summary.sampling_standard_error
    );
    close(arm.summary.degrees_of_freedom.unwrap(), 4.052982985138918);
    close(arm.interval.lower, 0.3206280346427968);
    close(arm.interval.upper, 0.9840730112615125);
    assert_eq!(
        Arm::new(&[]).unwrap_err(),
        StatsError::Empty { what: "estimates" }
    );
}

#[test]
fn a_comparison_pairs_seeds_and_patients() {
    let found = Comparison::new(&estimates(&A), &estimates(&B), 0.1).unwrap();
    close(found.difference.mean, 0.1953125);
    close(found.difference.sampling_standard_error, 0.1027338209706529);
    close(
        found.difference.seeds.unwrap().standard_error,
        0.05487319662944135,
    );
    close(
        found.difference.degrees_of_freedom.unwrap(),
        8.9534761299878,
    );
    close(found.interval.lower, -0.03727175925570242);
    close(found.interval.upper, 0.4278967592557024);
    close(found.equivalence_interval.lower, 0.006878332491928957);
    close(found.equivalence_interval.upper, 0.38374666750807107);
    close(found.p_difference.unwrap(), 0.08989242050046681);
    close(found.p_equivalence.unwrap(), 0.8110684555486221);
    close(found.smallest_detectable.unwrap(), 0.32336301925955846);
    assert_eq!(
        (found.outcome, found.significant),
        (Outcome::Undecided, false)
    );
    assert_eq!(
        found.to_string(),
        "undecided: +0.1953 (95% interval -0.0373 to +0.4279, margin ±0.1, detectable from 0.3234)"
    );
}

#[test]
fn one_seed_pairing_is_delongs_test_of_the_difference() {
    let (a, b) = (estimates(&A[..1]), estimates(&B[..1]));
    let found = Comparison::new(&a, &b, 0.1).unwrap();
    let labels: Vec<bool> = (0..16).map(|case| case % 2 == 0).collect();
    let curves = [A[0], B[0]].map(|scores| Delong::new(&labels, &scores).unwrap());
    let pair = stats::PairedCurves::new(&curves[0], &curves[1]).unwrap();
    assert_eq!(found.difference.standard_error, pair.standard_error);
    assert!(
        found
            .to_string()
            .ends_with("one seed, so these two networks only")
    );
}

#[test]
fn every_outcome_is_reached() {
    let (low, high) = (large(0.3, &[1, 2, 3]), large(0.5, &[1, 2, 3]));
    let near = large(0.305, &[1, 2, 3]);
    let outcome = |a: &[Estimate], b: &[Estimate], margin| {
        let found = Comparison::new(a, b, margin).unwrap();
        (found.outcome, found.significant)
    };
    assert_eq!(outcome(&high, &low, 0.01), (Outcome::Better, true));
    assert_eq!(outcome(&low, &high, 0.01), (Outcome::Worse, true));
    // Real, yet too small to matter: equivalent, and flagged.
    assert_eq!(outcome(&near, &low, 0.02), (Outcome::Equivalent, true));
    assert_eq!(outcome(&near, &low, 1e-4), (Outcome::Better, true));
    let other = large(0.3, &[4, 5, 6]);
    assert_eq!(outcome(&other, &low, 0.02), (Outcome::Equivalent, false));
}

#[test]
fn no_variation_decides_nothing() {
    let same = estimates(&A);
    let found = Comparison::new(&same, &same, 0.1).unwrap();
    assert_eq!(
        (found.outcome, found.significant),
        (Outcome::Undecided, false)
    );
    assert_eq!(found.interval.method, Method::Degenerate);
    assert_eq!(
        (found.p_difference, found.smallest_detectable),
        (None, None)
    );
}

#[test]
fn unusable_comparisons_have_a_reason() {
    let (a, b) = (estimates(&A), estimates(&B));
    assert!(matches!(
        Comparison::new(&a, &b[..2], 0.1),
        Err(StatsError::LengthMismatch { .. })
    ));
    for margin in [0.0, -0.1, 2.0, f64::NAN] {
        assert!(matches!(
            Comparison::new(&a, &b, margin),
            Err(StatsError::Parameter { .. })
        ));
    }
    let elsewhere = large(0.3, &[1, 2, 3]);
    let reason = Comparison::new(&a, &elsewhere, 0.1).unwrap_err();
    assert!(reason.to_string().contains("same test cases"), "{reason}");
}

#[test]
fn smallest_detectable_of_two_samples_with_unit_spread() {
    // Two samples of n seeds, standard deviation 1, exact by the non-central t: 2.02, 1.32, 0.99.
    for (n, exact) in [(5.0f64, 2.02), (10.0, 1.32), (17.0, 0.99)] {
        let size = smallest_detectable((2.0 / n).sqrt(), 2.0 * n - 2.0).unwrap();
        assert!((size - exact).abs() < 0.01, "{n}: {size}");
    }
}
