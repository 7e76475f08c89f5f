//! What every arm tried and chose, and every comparison at each candidate, in the terminal.

use record::results::{Results, SpecificationPoint, TriedResult, TunedResult, tuning_warnings};
use study::TuneKey;

use super::table::{table, thousands};

/// Both tables; none where the study does not tune.
pub fn tuning_tables(results: &Results) -> Option<String> {
    let tuned = results.tuned.as_ref()?;
    let first = results.tuning.first()?;
    let names: Vec<String> = first
        .candidates
        .iter()
        .map(|tried| values(&tuned.keys, tried))
        .collect();
    let mut parts = vec![
        format!(
            "Tried by every arm, {}: best validation AUC, mean over {} ({} is chosen)",
            keys(tuned),
            match tuned.seeds.len() {
                1 => "one seed".into(),
                seeds => format!("{seeds} seeds"),
            },
            MARK
        ),
        tried(results, &names),
    ];
    let warnings = tuning_warnings(&results.tuning).into_iter();
    parts.extend(warnings.map(|warning| format!("Attention: {warning}.")));
    if let Some(curve) = curve(results, &names) {
        parts.push("Difference in test AUC between trials that were trained alike".into());
        parts.push(curve);
    }
    Some(parts.join("\n"))
}

/// Stands beside what was chosen.
const MARK: char = '*';

fn keys(tuned: &TunedResult) -> String {
    let keys: Vec<_> = tuned.keys.iter().map(ToString::to_string).collect();
    keys.join(" / ")
}

fn values(keys: &[TuneKey], tried: &TriedResult) -> String {
    let values: Vec<_> = keys.iter().map(|key| tried.candidate.value(*key)).collect();
    values.join(" / ")
}

fn tried(results: &Results, names: &[String]) -> String {
    let header: Vec<&str> = ["arm"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .chain(["steps of trials"])
        .collect();
    let rows = results.tuning.iter().map(|found| {
        let cell = |(place, tried): (usize, &TriedResult)| {
            let failed = tried.trials.iter().any(|trial| trial.error.is_some());
            match (tried.mean, failed) {
                (Some(mean), _) if found.chosen == Some(place) => format!("{mean:.3} {MARK}"),
                (Some(mean), _) => format!("{mean:.3}"),
                (None, true) => "failed".into(),
                (None, false) => "–".into(),
            }
        };
        let mut row = vec![found.arm.clone()];
        row.extend(found.candidates.iter().enumerate().map(cell));
        row.push(thousands(found.steps));
        row
    });
    table(&header, 1, rows).to_string()
}

fn curve(results: &Results, names: &[String]) -> Option<String> {
    let curve = results.specification_curve.as_ref()?;
    let header: Vec<&str> = ["arm, less its baseline", "ahead"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .collect();
    let rows = curve.comparisons.iter().map(|comparison| {
        let cell = |place: usize| {
            let mut points = comparison.points.iter();
            let point: Option<&SpecificationPoint> = points.find(|p| p.candidate == place);
            match point.map(|point| (point.difference, point.interval)) {
                Some((difference, Some([low, high]))) => {
                    format!("{difference:+.3} ({low:+.3} to {high:+.3})")
                }
                Some((difference, None)) => format!("{difference:+.3}"),
                None => "–".into(),
            }
        };
        let mut row = vec![
            format!("{}, less {}", comparison.arm, comparison.baseline),
            format!("{} of {}", comparison.ahead, comparison.points.len()),
        ];
        row.extend((0..names.len()).map(cell));
        row
    });
    Some(table(&header, 1, rows).to_string())
}
