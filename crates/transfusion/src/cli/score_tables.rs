//! Scores of transferability and accuracy at the source, in the terminal.

use record::results::AssociationResult;
use record::results::Results;
use record::results::SourceAccuracy;
use record::results::{Points, Predictor, Transferability};
use report::track_record::{MEDICAL, OF_ALL, Record};

use super::table::table;

/// Every score of every source, network and block with its place, its published record, and how
/// well it predicted the arms; none where no score is asked for.
pub fn score_tables(results: &Results) -> Option<String> {
    let found = results.transferability.as_ref()?;
    let mut parts = vec![
        "Scores of transferability, from training and validation pictures: value (place, 1 is best)"
            .to_string(),
        values(found),
        format!("Record: {MEDICAL}."),
        records(found),
    ];
    parts.extend(OF_ALL.map(str::to_string));
    Some(parts.join("\n"))
}

fn values(found: &Transferability) -> String {
    let mut rows: Vec<(String, Vec<String>, Vec<usize>)> = Vec::new();
    for score in &found.scores {
        let size = match score.is_all {
            true => String::new(),
            false => format!(", {} images", score.train_size),
        };
        let block = score.block.as_deref().unwrap_or("source's head");
        let line = format!("{}, {}{size}: {block}", score.model, score.init);
        let row = rows.iter().position(|r| r.0 == line).unwrap_or_else(|| {
            let count = found.asked.len();
            rows.push((line, vec!["–".into(); count], vec![usize::MAX; count]));
            rows.len() - 1
        });
        let column = found.asked.iter().position(|s| *s == score.score);
        if let (Some(column), Some(value), Some(rank)) = (column, score.value, score.rank) {
            // GBC comes close to its largest value, 0.
            rows[row].1[column] = match value.abs() < 1e-3 {
                true => format!("{value:.1e} ({rank})"),
                false => format!("{value:.4} ({rank})"),
            };
            rows[row].2[column] = rank;
        }
    }
    rows.retain(|(_, _, ranks)| ranks.iter().any(|rank| *rank < usize::MAX));
    rows.sort_by(|a, b| a.2.cmp(&b.2));
    let header = std::iter::once("network, initialisation: block");
    let header: Vec<&str> = header
        .chain(found.asked.iter().map(|s| s.title()))
        .collect();
    let rows = rows.into_iter().map(|(line, cells, _)| {
        let mut row = vec![line];
        row.extend(cells);
        row
    });
    table(&header, 1, rows).to_string()
}

/// One line a predictor, or without trained arms one a score.
fn records(found: &Transferability) -> String {
    let header = [
        "predictor",
        "published",
        "here, over",
        "weighted τ with test AUC",
    ];
    let record = |predictor: Predictor| match predictor {
        Predictor::Score(score) => Record::of_score(score).words(),
        Predictor::Probe(method) => Record::of_probe(method).words(),
    };
    let mut rows: Vec<Vec<String>> = found
        .predictions
        .iter()
        .map(|p| {
            let over = match p.over {
                Points::Sources => "sources",
                Points::Starts => "all starts",
            };
            let over = format!("{over}, {} images, {}", p.train_size, p.regime);
            let title = p.predictor.title().to_string();
            vec![title, record(p.predictor), over, words(&p.association)]
        })
        .collect();
    if rows.is_empty() {
        let predictors = found.asked.iter().map(|s| Predictor::Score(*s));
        rows.extend(predictors.map(|p| {
            let nothing = ["–".to_string(), "nothing was trained".to_string()];
            let known = [p.title().to_string(), record(p)];
            [known, nothing].concat()
        }));
    }
    table(&header, 4, rows).to_string()
}

/// One line a source task, training size and regime; none without any.
pub fn source_lines(results: &Results) -> Option<String> {
    let line = |found: &SourceAccuracy| {
        let all = found.associations.iter();
        let all: Vec<String> = all
            .map(|a| format!("{} {}", a.coefficient.title(), words(a)))
            .collect();
        // The reason for no value is the same for all.
        let said = match found.associations.iter().any(|a| a.value.is_some()) {
            true => all.join("; "),
            false => found.associations.first().map(words).unwrap_or_default(),
        };
        format!(
            "Accuracy on {} against test AUC here ({} networks, {} images, {}): {said}",
            found.source,
            found.networks.len(),
            found.train_size,
            found.regime,
        )
    };
    let lines: Vec<String> = results.source_accuracy.iter().map(line).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn words(association: &AssociationResult) -> String {
    match (association.value, association.interval, &association.reason) {
        (Some(value), Some([low, high]), _) => {
            format!(
                "{value:.2} ({low:.2} to {high:.2}, n = {})",
                association.points
            )
        }
        (Some(value), None, Some(reason)) => format!("{value:.2} ({reason})"),
        (_, _, Some(reason)) => reason.clone(),
        _ => "–".into(),
    }
}
