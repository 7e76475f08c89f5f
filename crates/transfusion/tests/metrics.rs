//! The AUCs of `results.json` follow from `predictions.csv`, counted again pair by pair.

mod fixture;

use fixture::{Folder, NIH, STUDY, breast, nih, shared};
use serde_json::Value;

/// What an exclusive or multilabel table of predictions holds for the test partition.
struct Table {
    /// Per row, the label columns: an index of a class, or one finding each (empty if unknown).
    labels: Vec<Vec<String>>,
    /// Per row, one probability a class.
    probabilities: Vec<Vec<f64>>,
}

impl Table {
    fn read(path: &std::path::Path) -> Self {
        let mut reader = csv::Reader::from_path(path).expect("a table");
        let header = reader.headers().expect("a header").clone();
        let columns = |prefix: &str| -> Vec<usize> {
            (0..header.len())
                .filter(|i| header[*i].starts_with(prefix))
                .collect()
        };
        let (labels, probabilities) = (columns("label"), columns("probability:"));
        let mut table = Self {
            labels: vec![],
            probabilities: vec![],
        };
        for record in reader.records() {
            let record = record.expect("a row");
            if &record[0] == "test" {
                let cells = |of: &[usize]| of.iter().map(|i| record[*i].to_string()).collect();
                let number = |cell: String| cell.parse().expect("a number");
                let row: Vec<String> = cells(&probabilities);
                table
                    .probabilities
                    .push(row.into_iter().map(number).collect());
                table.labels.push(cells(&labels));
            }
        }
        table
    }

    fn class(&self, row: usize) -> usize {
        self.labels[row][0].parse().expect("a class")
    }

    fn rows(&self) -> std::ops::Range<usize> {
        0..self.labels.len()
    }

    /// AUC of `score` for the rows of which `is_positive` knows; none without both kinds.
    fn auc(
        &self,
        is_positive: impl Fn(usize) -> Option<bool>,
        score: impl Fn(usize) -> f64,
    ) -> Option<f64> {
        let of = |kind: bool| -> Vec<f64> {
            self.rows()
                .filter(|r| is_positive(*r) == Some(kind))
                .map(&score)
                .collect()
        };
        let (positive, negative) = (of(true), of(false));
        let won = |p: &f64, n: &f64| match p.total_cmp(n) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        let sum: f64 = positive
            .iter()
            .map(|p| negative.iter().map(|n| won(p, n)).sum::<f64>())
            .sum();
        let pairs = (positive.len() * negative.len()) as f64;
        (pairs > 0.0).then(|| sum / pairs)
    }

    /// Mean over the columns that `is_used` admits by their numbers of positives and negatives.
    fn mean_auc(
        &self,
        is_positive: impl Fn(usize, usize) -> Option<bool>,
        is_used: impl Fn(usize, usize) -> bool,
    ) -> f64 {
        let count = |c: usize, kind: bool| {
            self.rows()
                .filter(|r| is_positive(*r, c) == Some(kind))
                .count()
        };
        let classes = self.probabilities[0].len();
        let aucs: Vec<f64> = (0..classes)
            .filter(|c| is_used(count(*c, true), count(*c, false)))
            .filter_map(|c| self.auc(|r| is_positive(r, c), |r| self.probabilities[r][c]))
            .collect();
        aucs.iter().sum::<f64>() / aucs.len() as f64
    }
}

/// Runs `config` and compares the headline AUC of every run with that of `headline`.
#[track_caller]
fn compare(folder: &Folder, config: &str, headline: impl Fn(&Table) -> f64) {
    folder.write("study.toml", config);
    folder.run(&["run", "study.toml", "--out", "out"]).with(0);
    let results = folder.json("out/results.json");
    let seeds = |arm: &Value| arm["seeds"].as_array().expect("seeds").clone();
    let recorded: Vec<Value> = results["arms"]
        .as_array()
        .expect("arms")
        .iter()
        .flat_map(seeds)
        .collect();
    let runs = folder.runs("out");
    assert_eq!(recorded.len(), runs.len());
    for seed in recorded {
        let run = &runs[seed["run"].as_u64().expect("a number") as usize];
        let found = headline(&Table::read(&run.join("predictions.csv")));
        let written = seed["auc"]["value"].as_f64().expect("an AUC");
        assert!((found - written).abs() <= 1e-12, "{found} is not {written}");
    }
    for (place, arm) in told_apart(&results).into_iter().enumerate() {
        area_below_curve(&results, place, &arm);
        let seeds = arm["confusion"]["seeds"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for (number, seed) in seeds.iter().enumerate() {
            let run = results["arms"][place]["seeds"][number]["run"].as_u64();
            let run = &runs[run.expect("a number") as usize];
            confusion(&Table::read(&run.join("predictions.csv")), &seed["counts"]);
        }
    }
}

fn told_apart(results: &Value) -> Vec<Value> {
    let arms = &results["discrimination"]["arms"];
    arms.as_array().expect("curves of arms").clone()
}

/// The trapezoids below the mean ROC curve of the headline are the mean AUC, but for its grid.
fn area_below_curve(results: &Value, place: usize, arm: &Value) {
    let numbers = |value: &Value| -> Vec<f64> {
        let values = value.as_array().expect("a curve").iter();
        values.map(|v| v.as_f64().expect("a number")).collect()
    };
    let x = numbers(&results["discrimination"]["false_positive_rates"]);
    let y = numbers(&arm["questions"][0]["roc"]["values"]);
    let trapezoids = x.windows(2).zip(y.windows(2));
    let area: f64 = trapezoids
        .map(|(x, y)| (x[1] - x[0]) * (y[0] + y[1]) / 2.0)
        .sum();
    let auc = results["arms"][place]["auc"]["value"].as_f64();
    let auc = auc.expect("an AUC");
    assert!((area - auc).abs() < 0.02, "{area} is not {auc}");
}

/// Pictures by true and most probable class, counted again.
fn confusion(table: &Table, counts: &Value) {
    let classes = table.probabilities[0].len();
    let mut expected = vec![vec![0u64; classes]; classes];
    for row in table.rows() {
        let probabilities = &table.probabilities[row];
        let highest = probabilities.iter().copied().fold(f64::MIN, f64::max);
        let predicted = probabilities.iter().position(|p| *p == highest);
        expected[table.class(row)][predicted.expect("a class")] += 1;
    }
    assert_eq!(*counts, serde_json::json!(expected));
}

#[test]
fn of_grades() {
    compare(&Folder::new(), STUDY, |table| {
        let at_least_two = |r: usize| table.probabilities[r][2..].iter().sum();
        table
            .auc(|r| Some(table.class(r) >= 2), at_least_two)
            .expect("both kinds")
    });
}

#[test]
fn of_classes() {
    if let Some(source) = shared("breastmnist.npz") {
        compare(&Folder::new(), &breast(&source), |table| {
            let one_against_rest = |r: usize, c: usize| Some(table.class(r) == c);
            table.mean_auc(one_against_rest, |_, _| true)
        });
    }
}

#[test]
fn of_findings() {
    let folder = Folder::new();
    if nih(&folder).is_some() {
        compare(&folder, NIH, |table| {
            let finding = |r: usize, c: usize| match table.labels[r][c].as_str() {
                "" => None,
                label => Some(label == "1"),
            };
            // A finding in a single picture has no standard error and is left out.
            table.mean_auc(finding, |present, absent| present >= 2 && absent >= 2)
        });
    }
}
