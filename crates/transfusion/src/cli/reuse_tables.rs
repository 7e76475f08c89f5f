//! What the networks reused, in the terminal: how alike trained networks are, and what the figures
//! of the report say.

use record::results::{Analysis, OverSeeds};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn analysis() -> Analysis {
        let arm = |init: &str, closer: serde_json::Value| {
            serde_json::json!({
                "arm": init, "init": init, "is_baseline": init == "random", "blocks": [],
                "against_baseline": {
                    "pairs": [[0, 1]], "blocks": [], "baseline_closer": [closer],
                    "top": [{ "measure": "mean-cca", "reason": null, "first": null,
                        "value": { "mean": 0.5, "interval": null, "values": [0.5] } }],
                },
                "filters": null,
            })
        };
        let closer =
            serde_json::json!({ "mean": 0.05, "interval": [0.03, 0.07], "values": [0.05] });
        let value = serde_json::json!({
            "how": { "measures": ["mean-cca"], "images": "test", "datapoints": 100,
                "permutations": 0, "groups": 0, "reset": false, "neighbours": 0 },
            "images": 10,
            "progress": { "planned": 3, "done": 2, "failed": 0 },
            "settings": [{ "model": "cbr-tiny", "regime": "full", "train_size": 80,
                "is_all": false, "blocks": [],
                "arms": [arm("random", serde_json::Value::Null), arm("transfer", closer)] }],
            "maps": [],
            "readings": [{ "figure": 2, "setting": "cbr-tiny, 80 training images",
                "sentence": "They are alike", "agrees": "cannot tell", "paper": "they differ" }],
        });
        serde_json::from_value(value).expect("an analysis")
    }

    #[test]
    fn the_table_has_every_arm_and_the_readings_follow() {
        let mut analysis = analysis();
        let text = reuse_tables(&analysis);
        for part in [
            "2 of 3 parts",
            "transfer with random",
            "0.500",
            "+0.050 (+0.030 to +0.070)",
            "cbr-tiny, 80 training images, figure 2 (cannot tell): They are alike. These numbers",
        ] {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
        analysis.settings.clear();
        assert!(reuse_tables(&analysis).contains("no pair of runs is compared yet"));
    }
}
