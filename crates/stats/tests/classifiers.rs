//! Agreement with scikit-learn 1.9 and numpy in float64: `golden/classifiers.json` was made
//! by `python checks/probe.py golden`, on the same features.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use serde_json::Value;
use stats::{FeatureRows, Labels, LogisticRegression, NearestNeighbours};

const TRAIN: usize = 120;
const TEST: usize = 40;
const CHANNELS: usize = 12;
const STRENGTHS: [f64; 4] = [0.01, 0.1, 1.0, 10.0];

type Table = Vec<Vec<f64>>;

/// Made by checks/probe.py.
const GOLDEN: &str = include_str!("golden/classifiers.json");

fn golden() -> Value {
    serde_json::from_str(GOLDEN).unwrap()
}

/// A table `[cases, classes]`.
fn table(value: &Value) -> Table {
    let row = |row: &Value| numbers(row);
    value.as_array().unwrap().iter().map(row).collect()
}

fn tables(value: &Value) -> Vec<Table> {
    value.as_array().unwrap().iter().map(table).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap().iter();
    values.map(|v| v.as_f64().unwrap()).collect()
}

fn class(picture: usize) -> usize {
    let shown = (picture * 5 + picture / 3) % 3;
    match picture.is_multiple_of(7) {
        true => (shown + 1) % 3,
        false => shown,
    }
}

fn finding(picture: usize, finding: usize) -> Option<bool> {
    let is_known = !(picture * 3 + finding).is_multiple_of(5);
    is_known.then(|| class(picture) == finding)
}

fn features() -> Vec<f32> {
    let value = |picture: usize, channel: usize| {
        let k = picture - usize::from(picture % 10 == 9);
        let shift = if channel % 3 == (k * 5 + k / 3) % 3 {
            0.5
        } else {
            0.0
        };
        match (picture, channel) {
            (40 | 130, _) => 0.0,
            (_, 5) => 0.25,
            _ => ((k * 37 + channel * 101 + k * channel * 13) % 997) as f64 / 500.0 - 1.0 + shift,
        }
    };
    let cells = (0..TRAIN + TEST).flat_map(|p| (0..CHANNELS).map(move |c| (p, c)));
    cells.map(|(p, c)| value(p, c) as f32).collect()
}

fn rows<'a>(values: &'a [f32], rows: &'a [usize]) -> FeatureRows<'a> {
    FeatureRows::new(values, CHANNELS, rows).unwrap()
}

fn train() -> Vec<usize> {
    (0..TRAIN).collect()
}

fn test() -> Vec<usize> {
    (TRAIN..TRAIN + TEST).collect()
}

fn largest_difference(found: &[f64], expected: &Table) -> f64 {
    let expected: Vec<f64> = expected.concat();
    assert_eq!(found.len(), expected.len());
    let differences = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, f64::max)
}

fn predictions(scores: &[f64], classes: usize) -> Vec<usize> {
    let first_largest = |row: &[f64]| {
        (0..classes)
            .rev()
            .max_by(|a, b| row[*a].total_cmp(&row[*b]))
    };
    scores
        .chunks_exact(classes)
        .filter_map(first_largest)
        .collect()
}

/// Probabilities of the test pictures for each strength.
fn linear(labels: Labels) -> Vec<Vec<f64>> {
    let features = features();
    let path = LogisticRegression::path(rows(&features, &train()), labels, &STRENGTHS).unwrap();
    assert!(path.iter().all(|fit| fit.converged));
    path.iter()
        .map(|fit| fit.probabilities(rows(&features, &test())).unwrap())
        .collect()
}

fn classes() -> Vec<usize> {
    (0..TRAIN).map(class).collect()
}

fn three(of_case: &[usize]) -> Labels<'_> {
    let classes = 3;
    Labels::Classes { of_case, classes }
}

fn findings() -> Vec<Option<bool>> {
    let cells = (0..TRAIN).flat_map(|p| (0..3).map(move |f| finding(p, f)));
    cells.collect()
}

fn of_findings(present: &[Option<bool>]) -> Labels<'_> {
    let findings = 3;
    Labels::Findings { present, findings }
}

#[test]
fn multinomial_regression_is_that_of_scikit_learn() {
    let golden = golden();
    let found = linear(three(&classes()));
    for (found, expected) in found.iter().zip(&tables(&golden["multinomial"])) {
        let difference = largest_difference(found, expected);
        assert!(difference < 1e-3, "{difference}");
    }
    let usual = &table(&golden["multinomial_usual"]);
    let difference = largest_difference(&found[2], usual);
    assert!(difference < 2e-3, "{difference}");
    let right = predictions(&found[2], 3).into_iter().zip(test());
    let right = right
        .filter(|(found, picture)| *found == class(*picture))
        .count();
    assert!(
        (right as f64 / TEST as f64 - golden["accuracy_usual"].as_f64().unwrap()).abs() <= 0.005
    );
}

#[test]
fn two_classes_and_findings_are_binary_regressions() {
    let golden = golden();
    let two: Vec<usize> = (0..TRAIN).map(|p| class(p) % 2).collect();
    // A class that no training picture has changes nothing.
    for classes in [2, 3] {
        let of_case = &two;
        let found = linear(Labels::Classes { of_case, classes });
        for (found, expected) in found.iter().zip(&tables(&golden["binary"])) {
            let rows = found.chunks_exact(classes);
            assert!(rows.clone().all(|row| row[2..].iter().all(|p| *p == 0.0)));
            let found: Vec<f64> = rows.flat_map(|row| row[..2].to_vec()).collect();
            let difference = largest_difference(&found, expected);
            assert!(difference < 1e-3, "{difference}");
        }
    }
    let found = linear(of_findings(&findings()));
    for (found, expected) in found.iter().zip(&tables(&golden["findings"])) {
        let difference = largest_difference(found, expected);
        assert!(difference < 1e-3, "{difference}");
    }
}

#[test]
fn what_cannot_be_fitted_is_constant() {
    let found = linear(three(&[1; TRAIN]));
    assert!(found[0].chunks_exact(3).all(|row| row == [0.0, 1.0, 0.0]));
    let known = [None, Some(true), Some(false)];
    let found = linear(of_findings(&known.repeat(TRAIN)));
    assert!(found[0].chunks_exact(3).all(|row| row == [0.5, 1.0, 0.0]));
}

#[test]
fn votes_are_those_of_numpy_and_ties_go_to_the_earlier() {
    let (golden, features) = (golden(), features());
    let vote = |labels: Labels, k| {
        let neighbours = NearestNeighbours::new(rows(&features, &train()), labels).unwrap();
        let scores = neighbours.scores(rows(&features, &test()), k, 0.1);
        scores.unwrap()
    };
    let classes = classes();
    for (k, expected) in [(7, "knn_7"), (200, "knn_200")] {
        let expected = table(&golden[expected]);
        let found = vote(three(&classes), k);
        assert!(largest_difference(&found, &expected) < 1e-12);
        assert_eq!(predictions(&found, 3), predictions(&expected.concat(), 3));
        assert!(
            found
                .chunks_exact(3)
                .all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12)
        );
    }
    let found = vote(of_findings(&findings()), 7);
    assert!(largest_difference(&found, &table(&golden["knn_findings_7"])) < 1e-12);
    // Nothing is similar to features that are all 0: the first seven vote alike.
    let zero = vote(three(&classes), 7)[3 * 10..3 * 11].to_vec();
    let share = |c| (0..7).filter(|p| class(*p) == c).count() as f64 / 7.0;
    assert_eq!(zero, [share(0), share(1), share(2)]);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let labels = classes();
    let fit = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads").install(|| linear(three(&labels)))
    };
    assert_eq!(fit(1), fit(3));
}

#[test]
fn input_that_cannot_be_meant_is_refused_with_its_place() {
    let features = features();
    let beyond = FeatureRows::new(&features, CHANNELS, &[0, TRAIN + TEST]).unwrap_err();
    assert!(beyond.to_string().contains("label 1 is 160"), "{beyond}");
    let endless = FeatureRows::new(&[0.0, f32::NAN], 2, &[0]).unwrap_err();
    assert!(endless.to_string().contains("value 1 is NaN"), "{endless}");
    let known = rows(&features, &[0, 1]);
    for labels in [three(&[0]), three(&[0, 3]), of_findings(&[None; 5])] {
        assert!(LogisticRegression::path(known, labels, &[1.0]).is_err());
        assert!(NearestNeighbours::new(known, labels).is_err());
    }
    assert!(LogisticRegression::path(known, three(&[0, 1]), &[0.0]).is_err());
    let voters = NearestNeighbours::new(known, three(&[0, 1])).unwrap();
    assert!(voters.scores(known, 1, f64::NAN).is_err());
    let narrow = FeatureRows::new(&features, CHANNELS / 2, &[0]).unwrap();
    assert!(voters.scores(narrow, 1, 0.1).is_err());
}
