//! The tables of arms, runs, classes and data, straight from the results.

use record::metrics::{METRICS, Metric};
use record::results::{ArmResult, Estimate, Results, SeedResult, Timing};

use super::table::{Column, Table, Value};
use crate::number;
use crate::probes;

/// All of them.
pub fn tables(results: &Results, timing: &[Timing]) -> Vec<Table> {
    let mut tables = Vec::new();
    if !results.trains_nothing() {
        tables.extend([arms(results, timing), runs(results), classes(results)]);
    }
    tables.extend([data(results), probes(results)]);
    tables
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn count(count: usize) -> Value {
    Value::Count(count as u64)
}

fn estimate(found: Option<&Estimate>) -> Value {
    match found.filter(|found| found.value.is_finite()) {
        Some(found) => Value::Interval(found.value, found.interval(), 3),
        None => Value::Unknown,
    }
}

/// Metrics that any run has.
fn metrics(results: &Results) -> Vec<&'static Metric> {
    let runs = || results.arms.iter().flat_map(|arm| &arm.seeds);
    let has = |metric: &&Metric| runs().any(|run| run.metrics.get(metric).is_some());
    METRICS.iter().filter(has).collect()
}

fn arms(results: &Results, timing: &[Timing]) -> Table {
    let metrics = metrics(results);
    let mut columns: Vec<Column> = ["Arm", "Model", "Initialisation", "Regime"]
        .map(Column::new)
        .into();
    columns.extend(["Training pictures", "Seeds"].map(Column::new));
    columns.push(Column::with_interval("Test AUC"));
    columns.extend(["Seed SD", "Sampling SE"].map(Column::new));
    columns.push(Column::with_interval("Difference to baseline"));
    columns.push(Column::new("Outcome"));
    columns.extend(metrics.iter().map(|metric| Column::new(metric.title)));
    let thresholds = results.thresholds.iter();
    columns.extend(thresholds.map(|t| Column::new(format!("Steps to {}", number::fixed(*t, 2)))));
    columns.push(Column::new("Seconds a run"));
    let rows = results.arms.iter().map(|arm| {
        let comparison = results.against_baseline(arm);
        let auc = arm.auc.as_ref();
        let mut row = vec![
            text(&arm.label),
            text(&arm.model),
            text(&arm.init),
            text(arm.regime.to_string()),
            count(arm.train_size),
            count(arm.seed_count()),
            estimate(auc),
            Value::of(auc.and_then(|auc| auc.seed_sd), 3),
            Value::of(auc.map(|auc| auc.sampling_se), 3),
            estimate(comparison.map(|comparison| &comparison.difference)),
            match comparison {
                Some(comparison) => text(comparison.outcome.to_string()),
                None if arm.seeds.is_empty() => text("no run yet"),
                None if arm.init == results.baseline => text("baseline"),
                None => Value::Unknown,
            },
        ];
        row.extend(metrics.iter().map(|metric| {
            let values = arm.seeds.iter().filter_map(|run| run.metrics.get(metric));
            Value::of(number::mean(values), 3)
        }));
        row.extend((0..results.thresholds.len()).map(|place| steps(arm, place)));
        let times = timing.iter().find(|times| times.arm == arm.label);
        row.push(Value::of(
            times.and_then(|times| number::median(&times.seconds)),
            1,
        ));
        row
    });
    Table {
        id: "arms".into(),
        caption: format!(
            "Arms: mean test AUC over seeds with 95% intervals, and differences to {}, seeds paired. Margin {}.",
            results.baseline,
            number::fixed(results.margin, 3)
        ),
        columns,
        rows: rows.collect(),
    }
}

/// Steps to a threshold, or why there is no number.
fn steps(arm: &ArmResult, place: usize) -> Value {
    let Some(found) = arm.convergence.get(place).filter(|_| !arm.seeds.is_empty()) else {
        return text("no run yet");
    };
    match (found.mean, found.early) {
        (Some(mean), _) if found.is_bound() => text(format!("≥ {}", number::steps(mean))),
        (Some(mean), _) => Value::of(Some(mean), 0),
        (None, Some(by)) => text(format!("before {by}")),
        (None, None) => text("not reached"),
    }
}

fn runs(results: &Results) -> Table {
    let metrics = metrics(results);
    let mut columns: Vec<Column> = ["Arm", "Run", "Seed"].map(Column::new).into();
    columns.push(Column::with_interval("Test AUC"));
    columns.extend(metrics.iter().map(|metric| Column::new(metric.title)));
    columns.extend(["Best step", "Steps"].map(Column::new));
    let row = |arm: &ArmResult, run: &SeedResult| {
        let mut row = vec![
            text(&arm.label),
            count(run.run),
            text(number::place(run.seed, run.fold)),
            match run.auc {
                Some(auc) => Value::Interval(auc.value, Some([auc.low, auc.high]), 3),
                None => Value::Unknown,
            },
        ];
        row.extend(
            metrics
                .iter()
                .map(|metric| Value::of(run.metrics.get(metric), 3)),
        );
        row.extend([run.best_step, run.steps].map(Value::Count));
        row
    };
    let arms = results.arms.iter();
    Table {
        id: "runs".into(),
        caption: "Every finished run: test AUC with its 95% interval over patients".into(),
        columns,
        rows: arms
            .flat_map(|arm| arm.seeds.iter().map(move |run| row(arm, run)))
            .collect(),
    }
}

fn classes(results: &Results) -> Table {
    let mut names: Vec<&str> = Vec::new();
    let runs = results.arms.iter().flat_map(|arm| &arm.seeds);
    for (name, _) in runs.flat_map(|run| &run.per_class) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut columns = vec![Column::new("Arm")];
    columns.extend(names.iter().map(|name| Column::new(*name)));
    let arms = results.arms.iter().filter(|arm| !arm.seeds.is_empty());
    let rows = arms.map(|arm| {
        let mut row = vec![text(&arm.label)];
        row.extend(names.iter().map(|name| {
            let aucs = arm.seeds.iter().flat_map(|run| &run.per_class);
            let of_class = aucs.filter(|(other, _)| other == name);
            Value::of(number::mean(of_class.filter_map(|(_, auc)| *auc)), 3)
        }));
        row
    });
    Table {
        id: "classes".into(),
        caption: "Test AUC of every class, grade or finding: mean over seeds".into(),
        rows: match names.is_empty() {
            true => Vec::new(),
            false => rows.collect(),
        },
        columns,
    }
}

fn data(results: &Results) -> Table {
    let data = &results.data;
    let mut columns = vec![Column::new("Class")];
    columns.extend(
        data.partitions
            .iter()
            .map(|partition| Column::new(&partition.name)),
    );
    let row = |name: &str, value: &dyn Fn(&study::PartitionResult) -> Option<usize>| {
        let mut row = vec![text(name)];
        let values = data.partitions.iter().map(value);
        row.extend(values.map(|value| value.map_or(Value::Unknown, count)));
        row
    };
    let mut rows = Vec::new();
    for (place, class) in data.classes.iter().enumerate() {
        rows.push(row(class, &|partition| {
            partition.per_class.get(place).copied()
        }));
    }
    rows.push(row("All pictures", &|partition| Some(partition.images)));
    if data
        .partitions
        .iter()
        .any(|partition| partition.patients.is_some())
    {
        rows.push(row("Patients", &|partition| partition.patients));
    }
    Table {
        id: "data".into(),
        caption: format!("Pictures in each part of {}", data.name),
        columns,
        rows: match data.partitions.is_empty() {
            true => Vec::new(),
            false => rows,
        },
    }
}

fn probes(results: &Results) -> Table {
    let mut columns: Vec<Column> = [
        "Model",
        "Initialisation",
        "Training pictures",
        "Block",
        "Method",
    ]
    .map(Column::new)
    .into();
    columns.push(Column::with_interval("Test AUC"));
    let rows = results.probes.iter().map(|probe| {
        vec![
            text(&probe.model),
            text(&probe.init),
            count(probe.train_size),
            text(&probe.block),
            text(probes::name(probe.method)),
            estimate(probe.auc.as_ref()),
        ]
    });
    Table {
        id: "probes".into(),
        caption: "Test AUC of simple methods on frozen features".into(),
        columns,
        rows: rows.collect(),
    }
}
