//! Means over folds of cross-validation against numpy and scikit-learn.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use stats::{Clusters, Delong, Estimate, FoldSpread, ResampledMean, StatsError};

// Golden numbers: checks/stats/folds.py, which makes the same scores.
const PATIENTS: usize = 24;
const CASES: usize = 2 * PATIENTS;
const FOLDS: usize = 4;

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-12,
        "{found} instead of {expected}"
    );
}

fn is_ill(case: usize) -> bool {
    (case / 2).is_multiple_of(3)
}

fn clusters(cases: &[usize]) -> Clusters {
    let names: Vec<String> = cases.iter().map(|case| (case / 2).to_string()).collect();
    Clusters::new(names.iter().map(|name| Some(name.as_str()))).unwrap()
}

/// Curve of a fold with its cases.
fn curve(repeat: usize, fold: usize) -> (Delong, Vec<usize>) {
    let of = |case: &usize| match repeat {
        0 => case / 2 % FOLDS == fold,
        _ => case / 12 == fold,
    };
    let cases: Vec<usize> = (0..CASES).filter(of).collect();
    let labels: Vec<bool> = cases.iter().map(|case| is_ill(*case)).collect();
    let score = |case: &usize| {
        let gain = if is_ill(*case) { 0.25 } else { 0.0 };
        ((case * 37 + repeat * 11 + 5) % 101) as f64 / 101.0 + gain
    };
    let scores: Vec<f64> = cases.iter().map(score).collect();
    (Delong::new(&labels, &scores).unwrap(), cases)
}

fn folds(repeats: usize) -> Vec<Estimate> {
    let of_fold = |place: usize| {
        let (curve, cases) = curve(place / FOLDS, place % FOLDS);
        let estimate = curve.clustered_estimate(&clusters(&cases)).unwrap();
        estimate.spread(&cases, CASES).unwrap()
    };
    (0..repeats * FOLDS).map(of_fold).collect()
}

fn everyone() -> Clusters {
    clusters(&(0..CASES).collect::<Vec<_>>())
}

#[test]
fn a_mean_over_folds_is_ledells_by_patient() {
    for (repeats, mean, error) in [
        (1, 0.65625, 0.06987712429686845),
        (2, 0.6875, 0.06055737476163274),
    ] {
        let found = Estimate::over_folds(&folds(repeats), repeats, &everyone()).unwrap();
        close(found.value(), mean);
        close(found.influence().variance().sqrt(), error);
        assert_eq!(found.influence().participants(), PATIENTS);
    }
}

/// LeDell's own number is that of independent cases without corrections for few of them.
#[test]
fn by_case_and_uncorrected_it_is_ledells_number() {
    let of_fold = |fold: usize| {
        let (curve, cases) = curve(0, fold);
        let estimate = curve.estimate().unwrap();
        let (m, n) = (
            curve.positives().len() as f64,
            curve.negatives().len() as f64,
        );
        let influence = estimate.influence().values().iter().zip(&cases);
        let uncorrected = influence.map(|(value, case)| {
            let count = if is_ill(*case) { m } else { n };
            value * ((count - 1.0) / count).sqrt() / FOLDS as f64
        });
        uncorrected.map(|value| value * value).sum::<f64>()
    };
    let variance: f64 = (0..FOLDS).map(of_fold).sum();
    close(variance.sqrt(), 0.0816583787514331);
}

#[test]
fn another_training_set_widens_the_error_and_nothing_else() {
    let networks = Estimate::over_folds(&folds(1), 1, &everyone()).unwrap();
    let procedure = networks.of_procedure(4.0 / 3.0).unwrap();
    assert_eq!(procedure.value(), networks.value());
    let [wide, narrow] = [&procedure, &networks].map(|e| e.influence().variance());
    close(wide, narrow * 5.0 / 3.0);
    assert!(networks.of_procedure(f64::NAN).is_err());
}

#[test]
fn folds_alone_give_the_corrected_resampled_t() {
    let values: Vec<f64> = folds(2).iter().map(Estimate::value).collect();
    let found = ResampledMean::new(&values, 1.0 / 3.0).unwrap();
    close(found.mean, 0.6875);
    close(found.standard_error, 0.08310049316511735);
    let interval = found.interval(0.95).unwrap();
    close(interval.lower, 0.4909985585424431);
    close(interval.upper, 0.8840014414575569);
    let less: Vec<f64> = values.iter().map(|value| value - 0.5).collect();
    let p = ResampledMean::new(&less, 1.0 / 3.0).unwrap().p_difference();
    close(p.unwrap().unwrap(), 0.05865019481955422);
    let alike = ResampledMean::new(&[0.1; 4], 0.5).unwrap();
    assert_eq!(alike.p_difference(), Ok(None));
}

#[test]
fn folds_and_seeds_vary_apart() {
    let found = FoldSpread::new(&[vec![0.70, 0.74, 0.69], vec![0.73, 0.79, 0.70]]).unwrap();
    close(found.by_fold, 0.034641016151377574);
    close(found.by_seed, 0.01957890020745115);
    close(found.rest, 0.014142135623730963);
    assert!(FoldSpread::new(&[vec![0.7, 0.8]]).is_err());
    assert!(FoldSpread::new(&[vec![0.7, 0.8], vec![0.7]]).is_err());
}

#[test]
fn a_fold_with_one_patient_of_a_class_has_no_error() {
    let labels = [true, true, false, false, false];
    let curve = Delong::new(&labels, &[0.9, 0.8, 0.1, 0.3, 0.85]).unwrap();
    assert_eq!(
        curve.clustered_estimate(&clusters(&[0, 1, 2, 4, 6])),
        Err(StatsError::TooFewClusters {
            positives: 1,
            negatives: 3
        })
    );
    assert!(Estimate::over_folds(&folds(1)[..3], 2, &everyone()).is_err());
    assert!(Estimate::over_folds(&[], 0, &everyone()).is_err());
}
