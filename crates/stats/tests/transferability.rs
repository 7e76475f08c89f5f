//! Scores of transferability against the reference vector and numpy, and what holds for any
//! features.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value;
use stats::{
    Classes, Covariance, FeatureMatrix, Logme, SourceProbabilities, StatsError, gbc, h_score,
    ledoit_wolf_shrinkage, leep, logme, mean_over_findings, nce, regularised_h_score, transrate,
};

/// Made by checks/stats/transferability.py.
const GOLDEN: &str = include_str!("golden/transferability.json");

fn close(found: f64, expected: &Value, tolerance: f64, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!(
        (found - expected).abs() < tolerance * expected.abs().max(1.0),
        "{what}: {found} instead of {expected}"
    );
}

#[test]
fn reference_vector_of_sixty_cases() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/20_transferability_n60_d5_c3"
    );
    let folder = PathBuf::from(folder);
    if !folder.is_dir() {
        println!("skipped: no reference vector 20");
        return;
    }
    let read = |name: &str| -> Vec<f64> {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let cells = text.split([',', '\n']).map(str::trim);
        let cells = cells.filter(|cell| !cell.is_empty());
        cells.map(|cell| cell.parse().unwrap()).collect()
    };
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let values = read("features.csv");
    let features = FeatureMatrix::new(&values, 5).unwrap();
    let labels: Vec<usize> = read("labels.csv").iter().map(|l| *l as usize).collect();
    let classes = Classes::new(&labels, 3).unwrap();
    let source = read("source_probs.csv");
    let source = SourceProbabilities::new(&source, 4).unwrap();
    for (name, found) in [
        (
            "logme_fixed_point_thuml",
            logme(&features, &classes, Logme::FixedPoint),
        ),
        ("logme_icml_thuml", logme(&features, &classes, Logme::Icml)),
        ("logme_icml_tllib", logme(&features, &classes, Logme::Tllib)),
        ("leep", leep(&source, &classes)),
        ("nce_argmax", nce(&source, &classes)),
        ("h_score", h_score(&features, &classes)),
        (
            "regularized_h_score",
            regularised_h_score(&features, &classes),
        ),
        ("transrate_eps1e-4", transrate(&features, &classes)),
        (
            "gbc_diagonal_var_ddof0",
            gbc(&features, &classes, Covariance::Diagonal),
        ),
        (
            "gbc_spherical",
            gbc(&features, &classes, Covariance::Spherical),
        ),
    ] {
        close(found.unwrap(), &expected[name], 1e-9, name);
    }
}

fn label(i: usize) -> usize {
    [0, 1, 3][(i * 5 + i / 4) % 3]
}

fn features(cases: usize, channels: usize) -> Vec<f64> {
    let mut values = vec![0.0; cases * channels];
    for i in 0..cases {
        let row = &mut values[i * channels..(i + 1) * channels];
        for j in 0..channels {
            let shift = if j % 4 == label(i) { 0.6 } else { 0.0 };
            row[j] = ((i * 37 + j * 101 + i * i * (j + 3)) % 211) as f64 / 105.0 - 1.0 + shift;
        }
        if cases > channels {
            row[3] = 2.5;
            row[5] = 3.0 * row[1];
        }
    }
    values
}

fn source_probabilities(cases: usize) -> Vec<f64> {
    let row = |i: usize| {
        let weight = move |z: usize| {
            let right = if z == label(i) { 63 } else { 0 };
            (1 + (i * 29 + z * 13 + right) % 41) as f64
        };
        let sum: f64 = (0..5).map(weight).sum();
        (0..5).map(move |z| weight(z) / sum)
    };
    (0..cases).flat_map(row).collect()
}

#[test]
fn few_cases_and_repeated_channels_are_as_numpy_has_them() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    for name in ["few", "many"] {
        let expected = &golden["sets"][name];
        let extent = |key: &str| expected[key].as_u64().unwrap() as usize;
        let (cases, channels) = (extent("cases"), extent("channels"));
        let values = features(cases, channels);
        let features = FeatureMatrix::new(&values, channels).unwrap();
        let labels: Vec<usize> = (0..cases).map(label).collect();
        let classes = Classes::new(&labels, 4).unwrap();
        let source = source_probabilities(cases);
        let source = SourceProbabilities::new(&source, 5).unwrap();
        for (name, found) in [
            (
                "logme_fixed_point",
                logme(&features, &classes, Logme::FixedPoint),
            ),
            ("logme_icml", logme(&features, &classes, Logme::Icml)),
            ("logme_tllib", logme(&features, &classes, Logme::Tllib)),
            ("shrinkage", ledoit_wolf_shrinkage(&features)),
            (
                "regularised_h_score",
                regularised_h_score(&features, &classes),
            ),
            ("transrate", transrate(&features, &classes)),
            (
                "gbc_diagonal",
                gbc(&features, &classes, Covariance::Diagonal),
            ),
            (
                "gbc_spherical",
                gbc(&features, &classes, Covariance::Spherical),
            ),
            ("leep", leep(&source, &classes)),
            ("nce", nce(&source, &classes)),
        ] {
            close(found.unwrap(), &expected[name], 1e-9, name);
        }
        let found = h_score(&features, &classes);
        match name {
            "many" => close(found.unwrap(), &expected["h_score"], 1e-9, "h_score"),
            _ => assert!(matches!(found, Err(StatsError::Saturated { .. }))),
        }
    }
}

#[test]
fn what_cannot_be_scored_is_a_reason() {
    let flat = [1.0; 12];
    assert!(matches!(
        FeatureMatrix::new(&flat, 3),
        Err(StatsError::Constant { .. })
    ));
    assert!(FeatureMatrix::new(&[1.0, 2.0, 3.0], 2).is_err());
    assert!(FeatureMatrix::new(&[1.0, f64::INFINITY], 1).is_err());
    assert!(FeatureMatrix::new(&[], 0).is_err());
    assert!(matches!(
        Classes::new(&[2, 2, 2], 4),
        Err(StatsError::TooFew { found: 1, .. })
    ));
    assert!(Classes::new(&[0, 4], 4).is_err());
    // Nothing overlaps, nothing is left to explain, and squares overflow.
    let classes = Classes::new(&[0, 0, 1, 1, 0, 1], 2).unwrap();
    let apart = [0.0, 0.0, 1.0, 1.0, 0.0, 1.0];
    let apart = FeatureMatrix::new(&apart, 1).unwrap();
    for covariance in [Covariance::Diagonal, Covariance::Spherical] {
        let found = gbc(&apart, &classes, covariance);
        assert!(matches!(found, Err(StatsError::Saturated { .. })));
    }
    assert!((h_score(&apart, &classes).unwrap() - 1.0).abs() < 1e-12);
    assert!(logme(&apart, &classes, Logme::FixedPoint).unwrap() > 0.0);
    let huge = [1e300, -1e300, 1e300, 0.0, 1e299, 3.0];
    let huge = FeatureMatrix::new(&huge, 1).unwrap();
    assert!(logme(&huge, &classes, Logme::Icml).is_err());
    assert!(h_score(&huge, &classes).is_err() && transrate(&huge, &classes).is_err());
    // The source head must speak in probabilities, of these cases.
    assert!(SourceProbabilities::new(&[0.5, 0.6], 2).is_err());
    assert!(SourceProbabilities::new(&[1.0, 1.0], 1).is_err());
    let sure = [1.0, 0.0, 0.0, 1.0];
    let sure = SourceProbabilities::new(&sure, 2).unwrap();
    assert!(leep(&sure, &classes).is_err() && nce(&sure, &classes).is_err());
    let two = Classes::new(&[0, 1], 2).unwrap();
    assert_eq!((leep(&sure, &two), nce(&sure, &two)), (Ok(0.0), Ok(0.0)));
}

#[test]
fn findings_are_scored_one_by_one() {
    // Finding 0 is known of all, 1 of every second case, 2 has too few positives.
    let labels: Vec<Option<bool>> = (0..60)
        .flat_map(|i| {
            let second = (i % 2 == 0).then_some(i % 4 == 0);
            [Some(i % 3 == 0), second, Some(i < 9)]
        })
        .collect();
    let mut seen = Vec::new();
    let found = mean_over_findings(&labels, 3, |cases, labels| {
        seen.push((cases.len(), labels.iter().sum::<usize>()));
        Ok(cases.len() as f64)
    })
    .unwrap();
    assert_eq!(seen, [(60, 20), (30, 15)]);
    assert_eq!(
        (found.value, found.scored, found.skipped),
        (45.0, vec![0, 1], vec![2])
    );
    let none = mean_over_findings(&labels[..30], 3, |_, _| Ok(1.0));
    assert!(matches!(none, Err(StatsError::TooFew { .. })));
    let fails = mean_over_findings(&labels, 3, |_, _| Err(StatsError::Diverged { what: "it" }));
    assert!(fails.is_err());
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let values = features(400, 130);
    let labels: Vec<usize> = (0..400).map(label).collect();
    let classes = Classes::new(&labels, 4).unwrap();
    let score = |parallel| {
        faer::set_global_parallelism(parallel);
        let features = FeatureMatrix::new(&values, 130).unwrap();
        [
            logme(&features, &classes, Logme::FixedPoint).unwrap(),
            regularised_h_score(&features, &classes).unwrap(),
            transrate(&features, &classes).unwrap(),
        ]
        .map(f64::to_bits)
    };
    let alone = score(faer::Par::Seq);
    assert_eq!(alone, score(faer::Par::rayon(2)));
    assert_eq!(alone, score(faer::Par::rayon(5)));
}

proptest! {
    #[test]
    fn bounds_and_invariances(
        numbers in prop::collection::vec(-1.0f64..1.0, 90),
        labels in prop::collection::vec(0..3usize, 30),
        turn in 1..29usize,
        angle in 0.0f64..6.0,
    ) {
        let Ok(classes) = Classes::new(&labels, 3) else { return Ok(()) };
        let score = |values: &[f64], classes: &Classes| {
            let features = FeatureMatrix::new(values, 3).unwrap();
            [
                h_score(&features, classes).unwrap(),
                logme(&features, classes, Logme::FixedPoint).unwrap(),
                regularised_h_score(&features, classes).unwrap(),
                transrate(&features, classes).unwrap(),
                gbc(&features, classes, Covariance::Spherical).unwrap_or(0.0),
            ]
        };
        let found = score(&numbers, &classes);
        let most = (classes.count() - 1) as f64 + 1e-9;
        prop_assert!((0.0..=most).contains(&found[0]) && (-1e-9..=most).contains(&found[2]));
        prop_assert!(found[4] <= 0.0);
        let same = |other: &[f64], found: &[f64]| {
            other.iter().zip(found).all(|(a, b)| (a - b).abs() < 1e-6 * (1.0 + a.abs()))
        };
        // The order of cases counts for nothing.
        let (mut values, mut turned) = (numbers.clone(), labels.clone());
        values.rotate_left(3 * turn);
        turned.rotate_left(turn);
        prop_assert!(same(&score(&values, &Classes::new(&turned, 3).unwrap()), &found));
        // Nor do the names of classes, nor a rotation of the channels.
        let renamed: Vec<usize> = labels.iter().map(|l| 2 - l).collect();
        let renamed = Classes::new(&renamed, 3).unwrap();
        let rotated: Vec<f64> = numbers
            .chunks_exact(3)
            .flat_map(|row| {
                let (sin, cos) = angle.sin_cos();
                [cos * row[0] - sin * row[1], sin * row[0] + cos * row[1], row[2]]
            })
            .collect();
        prop_assert!(same(&score(&rotated, &renamed), &found));
        // The H-score is blind to the scale of channels, too.
        let scaled: Vec<f64> = numbers
            .chunks_exact(3)
            .flat_map(|row| [9.0 * row[0] + 1.0, row[1] - row[0], 0.2 * row[2]])
            .collect();
        prop_assert!((score(&scaled, &classes)[0] - found[0]).abs() < 1e-6);
    }
}
