//! Agreement with scikit-learn 1.9 and numpy in float64: `tests/golden/probe.json` was made by
//! `python checks/probe.py golden`, on the same features.

use images::{Label, Task};
use serde::Deserialize;

use super::{Features, LinearProbe, Neighbours};

const TRAIN: usize = 120;
const TEST: usize = 40;
const CHANNELS: usize = 12;
const STRENGTHS: [f64; 4] = [0.01, 0.1, 1.0, 10.0];

type Table = Vec<Vec<f64>>;

#[derive(Deserialize)]
struct Golden {
    multinomial: Vec<Table>,
    multinomial_usual: Table,
    accuracy_usual: f64,
    binary: Vec<Table>,
    findings: Vec<Table>,
    knn_7: Table,
    knn_200: Table,
    knn_findings_7: Table,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../tests/golden/probe.json")).expect("golden numbers")
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

fn features() -> Features {
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
    Features::new(CHANNELS, cells.map(|(p, c)| value(p, c) as f32).collect())
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
fn linear(labels: &[Label], task: Task, classes: usize) -> Vec<Vec<f64>> {
    let features = features();
    let labels: Vec<&Label> = labels.iter().collect();
    let path = LinearProbe::path(&features, &train(), &labels, task, classes, &STRENGTHS);
    assert!(path.iter().all(|probe| probe.converged));
    path.iter()
        .map(|p| p.probabilities(&features, &test()))
        .collect()
}

fn classes() -> Vec<Label> {
    (0..TRAIN).map(|p| Label::Class(class(p))).collect()
}

fn findings() -> Vec<Label> {
    let of = |p| Label::Findings((0..3).map(|f| finding(p, f)).collect());
    (0..TRAIN).map(of).collect()
}

#[test]
fn multinomial_regression_is_that_of_scikit_learn() {
    let golden = golden();
    let found = linear(&classes(), Task::Multiclass, 3);
    for (found, expected) in found.iter().zip(&golden.multinomial) {
        let difference = largest_difference(found, expected);
        assert!(difference < 1e-3, "{difference}");
    }
    let usual = &golden.multinomial_usual;
    let difference = largest_difference(&found[2], usual);
    assert!(difference < 2e-3, "{difference}");
    let right = predictions(&found[2], 3).into_iter().zip(test());
    let right = right
        .filter(|(found, picture)| *found == class(*picture))
        .count();
    assert!((right as f64 / TEST as f64 - golden.accuracy_usual).abs() <= 0.005);
}

#[test]
fn two_classes_and_findings_are_binary_regressions() {
    let golden = golden();
    let two: Vec<Label> = (0..TRAIN).map(|p| Label::Class(class(p) % 2)).collect();
    // A class that no training picture has changes nothing.
    for (classes, task) in [(2, Task::Multiclass), (3, Task::Ordinal)] {
        let found = linear(&two, task, classes);
        for (found, expected) in found.iter().zip(&golden.binary) {
            let rows = found.chunks_exact(classes);
            assert!(rows.clone().all(|row| row[2..].iter().all(|p| *p == 0.0)));
            let found: Vec<f64> = rows.flat_map(|row| row[..2].to_vec()).collect();
            let difference = largest_difference(&found, expected);
            assert!(difference < 1e-3, "{difference}");
        }
    }
    let found = linear(&findings(), Task::Multilabel, 3);
    for (found, expected) in found.iter().zip(&golden.findings) {
        let difference = largest_difference(found, expected);
        assert!(difference < 1e-3, "{difference}");
    }
}

#[test]
fn what_cannot_be_fitted_is_constant() {
    let one: Vec<Label> = (0..TRAIN).map(|_| Label::Class(1)).collect();
    let found = linear(&one, Task::Multiclass, 3);
    assert!(found[0].chunks_exact(3).all(|row| row == [0.0, 1.0, 0.0]));
    let known = [None, Some(true), Some(false)];
    let fixed: Vec<Label> = (0..TRAIN).map(|_| Label::Findings(known.into())).collect();
    let found = linear(&fixed, Task::Multilabel, 3);
    assert!(found[0].chunks_exact(3).all(|row| row == [0.5, 1.0, 0.0]));
}

#[test]
fn votes_are_those_of_numpy_and_ties_go_to_the_earlier() {
    let (golden, features) = (golden(), features());
    let vote = |labels: &[Label], task, k| {
        let labels: Vec<&Label> = labels.iter().collect();
        let neighbours = Neighbours::new(&features, &train(), &labels, task, 3);
        neighbours.scores(&features, &test(), k, 0.1)
    };
    let classes = classes();
    for (k, expected) in [(7, &golden.knn_7), (200, &golden.knn_200)] {
        let found = vote(&classes, Task::Multiclass, k);
        assert!(largest_difference(&found, expected) < 1e-12);
        assert_eq!(predictions(&found, 3), predictions(&expected.concat(), 3));
        assert!(
            found
                .chunks_exact(3)
                .all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12)
        );
    }
    let found = vote(&findings(), Task::Multilabel, 7);
    assert!(largest_difference(&found, &golden.knn_findings_7) < 1e-12);
    // Nothing is similar to features that are all 0: the first seven vote alike.
    let zero = vote(&classes, Task::Multiclass, 7)[3 * 10..3 * 11].to_vec();
    let share = |c| (0..7).filter(|p| class(*p) == c).count() as f64 / 7.0;
    assert_eq!(zero, [share(0), share(1), share(2)]);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let labels = classes();
    let fit = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads")
            .install(|| linear(&labels, Task::Multiclass, 3))
    };
    assert_eq!(fit(1), fit(3));
}
