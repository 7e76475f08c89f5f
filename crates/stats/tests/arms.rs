//! Arms over seeds and their comparison.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use stats::{Arm, Delong, Estimate, StatsError, smallest_detectable};

// Golden numbers: checks/stats/arms.py, which holds the same scores, shape [3, 16].
#[rustfmt::skip]
const A: [[f64; 16]; 3] = [
    [3.6, -2.6, 2.0, -0.6, 1.1, -0.2, -0.4, -0.2, 0.7, 3.3, 1.8, -0.4, 1.3, -0.7, 0.5, -0.4],
    [2.1, -0.2, 2.6, -0.2, 1.6, 1.5, 2.1, -0.5, 1.4, 0.5, 3.5, -0.3, 1.4, 1.0, 0.7, -0.3],
    [2.5, 0.6, 1.7, 0.7, -1.2, 1.0, 0.6, -1.7, 1.9, 0.7, 1.2, -1.1, 1.6, -0.1, 3.0, 0.7],
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
fn smallest_detectable_of_two_samples_with_unit_spread() {
    // Two samples of n seeds, standard deviation 1, exact by the non-central t: 2.02, 1.32, 0.99.
    for (n, exact) in [(5.0f64, 2.02), (10.0, 1.32), (17.0, 0.99)] {
        let size = smallest_detectable((2.0 / n).sqrt(), 2.0 * n - 2.0).unwrap();
        assert!((size - exact).abs() < 0.01, "{n}: {size}");
    }
}
