//! Agreement with the project's reference vectors (numpy and scikit-learn, float64).

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use serde_json::Value;
use stats::{
    ClassScores, Delong, PairedCurves, at_least, auc, average_precision, probability_at_least,
    quadratic_kappa,
};
use std::path::PathBuf;

const TOLERANCE: f64 = 1e-9;

/// The folder of a vector, or `None` (said aloud) on a machine without the reference data.
fn vector(name: &str) -> Option<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/");
    let path = PathBuf::from(folder).join(name);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: no reference vector {name}");
    None
}

fn numbers(path: PathBuf) -> Vec<f64> {
    let text = std::fs::read_to_string(path).unwrap();
    text.split([',', '\n'])
        .map(str::trim)
        .filter(|field| !field.is_empty())
        .map(|field| field.parse().unwrap())
        .collect()
}

fn expected(path: PathBuf) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn close(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!(
        (found - expected).abs() < TOLERANCE,
        "{what}: {found} instead of {expected}"
    );
}

#[test]
fn delong_on_eighty_cases_with_ties() {
    let Some(folder) = vector("22_auc_delong_n80") else {
        return;
    };
    let expected = expected(folder.join("expected.json"));
    let labels: Vec<bool> = numbers(folder.join("labels.csv"))
        .iter()
        .map(|l| *l == 1.0)
        .collect();
    let curves: Vec<Delong> = ["score1.csv", "score2.csv"]
        .iter()
        .enumerate()
        .map(|(i, file)| {
            let scores = numbers(folder.join(file));
            close(
                auc(&labels, &scores).unwrap(),
                &expected["sklearn_auc"][i],
                "auc",
            );
            let precision = average_precision(&labels, &scores).unwrap();
            close(
                precision,
                &expected["average_precision_sklearn"][i],
                "average precision",
            );
            Delong::new(&labels, &scores).unwrap()
        })
        .collect();
    for (i, curve) in curves.iter().enumerate() {
        close(curve.auc(), &expected["auc"][i], "auc");
        close(
            curve.standard_error().unwrap(),
            &expected["delong_se"][i],
            "standard error",
        );
        // The influence-function view gives DeLong's variance exactly.
        let influence = curve.influence().unwrap();
        close(
            influence.variance(),
            &expected["delong_cov"][i][i],
            "influence variance",
        );
        assert!(influence.values().iter().sum::<f64>().abs() < 1e-14);
    }
    let wald = curves[0].wald_interval(0.95).unwrap();
    let logit = curves[0].logit_interval(0.95).unwrap();
    for (interval, key) in [(wald, "ci95_wald_auc1"), (logit, "ci95_logit_auc1")] {
        close(interval.lower, &expected[key][0], key);
        close(interval.upper, &expected[key][1], key);
    }

    let pair = PairedCurves::new(&curves[0], &curves[1]).unwrap();
    for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        close(
            pair.covariance[row][column],
            &expected["delong_cov"][row][column],
            "covariance",
        );
    }
    let test = pair.test.unwrap();
    close(test.z, &expected["z"], "z");
    close(test.p, &expected["p_two_sided"], "p");
    let [[a, shared], [_, b]] = pair.covariance;
    let from_covariance = (a + b - 2.0 * shared).sqrt();
    assert!((pair.standard_error - from_covariance).abs() < 1e-14);
}

#[test]
fn moderate_or_worse_from_five_grades() {
    let Some(folder) = vector("23_dr_moderate_auc_n40") else {
        return;
    };
    let expected = expected(folder.join("expected.json"));
    let grades: Vec<usize> = numbers(folder.join("grade.csv"))
        .iter()
        .map(|g| *g as usize)
        .collect();
    let probabilities = numbers(folder.join("probs.csv"));
    let probabilities = ClassScores::new(&probabilities, 5).unwrap();

    let labels = at_least(&grades, 2);
    assert_eq!(
        Some(labels.iter().filter(|l| **l).count() as u64),
        expected["n_pos"].as_u64()
    );
    let scores = probability_at_least(&probabilities, 2).unwrap();
    close(
        auc(&labels, &scores).unwrap(),
        &expected["auc_moderate_or_worse"],
        "auc",
    );
    let kappa = quadratic_kappa(&grades, &probabilities.predictions(), 5).unwrap();
    close(kappa, &expected["quadratic_weighted_kappa_argmax"], "kappa");
}
