//! One score on one test set, against scikit-learn, scipy, statsmodels and the published formulas.
//!
//! All golden numbers are printed by `checks/stats/curves.py`, which makes the same cases.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod bootstrap;
mod calibration;
mod discrimination;
mod operating;

use stats::{Clusters, Interval};

/// 120 cases of 21 patients: labels, probabilities (with ties), patients.
struct Cases {
    labels: Vec<bool>,
    probabilities: Vec<f64>,
    patients: Clusters,
}

impl Cases {
    fn new() -> Self {
        let labels: Vec<bool> = (0..120).map(|i| (i * 37 + 11) % 101 < 34).collect();
        let probability = |(i, &positive): (usize, &bool)| {
            let percent = (i * 7919 + 13) % 1009 * 55 / 1009 + if positive { 38 } else { 8 };
            percent as f64 / 100.0
        };
        let names: Vec<String> = (0..120)
            .map(|i| ((i * i + 3 * i) % 41).to_string())
            .collect();
        Self {
            probabilities: labels.iter().enumerate().map(probability).collect(),
            patients: Clusters::new(names.iter().map(|name| Some(name.as_str()))).expect("cases"),
            labels,
        }
    }

    fn weights() -> Vec<u32> {
        (0..120).map(|i| i * 5 % 4).collect()
    }
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-9,
        "{found} instead of {expected}"
    );
}

#[track_caller]
fn all_close<const N: usize>(found: [f64; N], expected: [f64; N]) {
    for (found, expected) in found.into_iter().zip(expected) {
        close(found, expected);
    }
}

#[track_caller]
fn ends_close(found: Interval, expected: [f64; 2]) {
    all_close([found.lower, found.upper], expected);
}
