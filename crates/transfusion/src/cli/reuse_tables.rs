//! What the networks reused, in the terminal: how alike trained networks are, and what the figures
//! of the report say.

use transfusion::comparison::analysis::{Analysis, OverSeeds};

use super::table::table;

/// One table: a line for each arm that is compared with the baseline, a column for each measure
/// over the two blocks before the head; below it the readings of all figures.
pub fn reuse_tables(analysis: &Analysis) -> String {
    let measures: Vec<String> = analysis
        .how
        .measures
        .iter()
        .map(|m| m.to_string())
        .collect();
    let mut header = vec!["setting", "trained networks", "pairs"];
    header.extend(measures.iter().map(String::as_str));
    header.push("baseline closer by");
    let mut rows = Vec::new();
    for setting in &analysis.settings {
        let baseline = setting.baseline().map_or("baseline", |arm| &arm.init);
        for arm in &setting.arms {
            let Some(pairs) = &arm.against_baseline else {
                continue;
            };
            let mut row = vec![
                setting.title(),
                format!("{} with {baseline}", arm.init),
                pairs.pairs.len().to_string(),
            ];
            row.extend((0..measures.len()).map(|place| {
                let found = pairs.top.get(place);
                words(found.and_then(|found| found.value.as_ref()), false)
            }));
            let closer = pairs.baseline_closer.first().and_then(Option::as_ref);
            row.push(words(closer, true));
            rows.push(row);
        }
    }
    let mut text = format!(
        "How alike trained networks are in their top two blocks ({} of {} parts of the analysis done)",
        analysis.progress.done, analysis.progress.planned
    );
    if rows.is_empty() {
        text.push_str(": no pair of runs is compared yet");
    } else {
        text.push_str(&format!("\n{}", table(&header, 2, rows)));
    }
    for reading in &analysis.readings {
        text.push_str(&format!(
            "\n{}, figure {} ({}): {}. {}.",
            reading.setting,
            reading.figure,
            reading.agrees,
            reading.sentence,
            reading.clause()
        ));
    }
    text
}

fn words(value: Option<&OverSeeds>, is_difference: bool) -> String {
    match value {
        Some(value) if value.interval.is_some() => value.words(is_difference),
        Some(value) if is_difference => format!("{:+.3}", value.mean),
        Some(value) => format!("{:.3}", value.mean),
        None => "–".into(),
    }
}
