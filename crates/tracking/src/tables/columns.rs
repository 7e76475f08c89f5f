//! The columns of every table.

use record::metrics::METRICS;

/// What a column holds. Every cell may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// UTF-8.
    Text,
    /// 64 bits with a sign.
    Integer,
    /// Double precision.
    Number,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

use Kind::{Integer, Number, Text};

const ARMS: &[(&str, Kind)] = &[
    ("arm", Text),
    ("model", Text),
    ("init", Text),
    ("regime", Text),
    ("train_size", Integer),
    ("seeds", Integer),
    ("auc", Number),
    ("auc_low", Number),
    ("auc_high", Number),
    ("seed_sd", Number),
    ("sampling_se", Number),
    ("recommended", Integer),
];

const COMPARISONS: &[(&str, Kind)] = &[
    ("arm", Text),
    ("baseline", Text),
    ("question", Text),
    ("difference", Number),
    ("low", Number),
    ("high", Number),
    ("seeds", Integer),
    ("outcome", Text),
    ("outcome_alone", Text),
    ("p_difference", Number),
    ("p_equivalence", Number),
    ("p_difference_corrected", Number),
    ("p_equivalence_corrected", Number),
];

const RUNS: &[(&str, Kind)] = &[
    ("run", Text),
    ("kind", Text),
    ("state", Text),
    ("arm", Text),
    ("model", Text),
    ("init", Text),
    ("regime", Text),
    ("train_size", Integer),
    ("seed", Integer),
    ("fold", Text),
    ("optimizer", Text),
    ("lr", Number),
    ("schedule", Text),
    ("weight_decay", Number),
    ("batch_size", Integer),
    ("max_steps", Integer),
    ("eval_every", Integer),
    ("patience", Integer),
    ("class_weights", Text),
    ("steps", Integer),
    ("best_step", Integer),
    ("validation_auc", Number),
    ("test_auc", Number),
    ("test_auc_low", Number),
    ("test_auc_high", Number),
];

const EVALUATIONS: &[(&str, Kind)] = &[
    ("run", Text),
    ("kind", Text),
    ("arm", Text),
    ("seed", Integer),
    ("fold", Text),
    ("step", Integer),
    ("images", Integer),
    ("lr", Number),
    ("train_loss", Number),
    ("validation_auc", Number),
    ("validation_loss", Number),
];

const PREDICTIONS: &[(&str, Kind)] = &[
    ("run", Text),
    ("arm", Text),
    ("seed", Integer),
    ("fold", Text),
    ("partition", Text),
    ("image", Text),
    ("patient", Text),
    ("class", Text),
    ("truth", Integer),
    ("probability", Number),
];

fn of(columns: &[(&str, Kind)]) -> Vec<Column> {
    let column = |(name, kind): &(&str, Kind)| Column {
        name: (*name).into(),
        kind: *kind,
    };
    columns.iter().map(column).collect()
}

pub(super) fn arms() -> Vec<Column> {
    of(ARMS)
}

pub(super) fn comparisons() -> Vec<Column> {
    of(COMPARISONS)
}

/// With every metric of the table of metrics.
pub(super) fn runs() -> Vec<Column> {
    let mut columns = of(RUNS);
    columns.extend(METRICS.iter().map(|metric| Column {
        name: format!("test_{}", metric.id),
        kind: Number,
    }));
    columns.extend(of(&[
        ("seconds", Number),
        ("device", Text),
        ("error", Text),
    ]));
    columns
}

pub(super) fn evaluations() -> Vec<Column> {
    of(EVALUATIONS)
}

pub(super) fn predictions() -> Vec<Column> {
    of(PREDICTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written and what the documentation says are the same columns, in the same order.
    #[test]
    fn every_column_is_documented() {
        let page = include_str!("../../../../docs/tracking.md");
        let tables = [
            ("arms", arms()),
            ("comparisons", comparisons()),
            ("runs", runs()),
            ("evaluations", evaluations()),
            ("predictions", predictions()),
        ];
        for (name, columns) in tables {
            let head = format!("### `{name}`");
            let section = page.split(&head).nth(1).expect("a section of the table");
            let section = section.split("\n#").next().expect("its end");
            let rows = section.lines().filter(|line| line.starts_with("| `"));
            let documented: Vec<&str> = rows
                .flat_map(|row| {
                    row.split('|')
                        .nth(1)
                        .expect("a cell")
                        .split('`')
                        .skip(1)
                        .step_by(2)
                })
                .collect();
            let written: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
            assert_eq!(documented, written, "{name}");
        }
    }
}
