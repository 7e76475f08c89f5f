//! Scores of transferability: what each promises, what is published of it, and how well it
//! predicted the study.

use super::number;
use super::palette::Palette;
use methods::track_record::{MEDICAL, OF_ALL, Record};
use record::results::AssociationResult;
use record::results::ProbeResult;
use record::results::Results;
use record::results::{Points, Prediction, Predictor, Transferability};
use study::{ProbeMethod, TransferScore};

/// The section of the page.
pub struct TransferabilitySection {
    /// What is published of all scores.
    pub published: Vec<&'static str>,
    /// What the weighted τ of the records is.
    pub record: &'static str,
    /// One per training size.
    pub tables: Vec<ScoreTable>,
    /// One per score and probe.
    pub predictors: Vec<PredictorRow>,
    /// What the columns of predictions are.
    pub predicted: Vec<String>,
    /// Why scores have no value, each reason once.
    pub reasons: Vec<String>,
    /// Findings that means leave out.
    pub left_out: Option<String>,
}

/// All sources, networks and blocks of one training size.
pub struct ScoreTable {
    /// Training size, in words.
    pub title: String,
    /// Names of the columns: scores, then probes.
    pub columns: Vec<&'static str>,
    /// Best first by the first score that ranks it; then by the next.
    pub rows: Vec<ScoreRow>,
}

/// One block, or one source's head.
pub struct ScoreRow {
    /// Model, initialisation and block.
    pub place: String,
    /// Number of the initialisation's colour.
    pub colour: usize,
    /// Value, and place among all; none where it has none.
    pub cells: Vec<Option<(String, String)>>,
    ranks: Vec<usize>,
}

/// One score or probe with its record.
pub struct PredictorRow {
    /// Its name.
    pub name: &'static str,
    /// Its record, in words.
    pub record: String,
    /// What it predicted here, in the order of the columns: value, and interval or reason.
    pub cells: Vec<Option<(String, String)>>,
}

impl TransferabilitySection {
    /// The section, where the study asks for scores.
    pub fn new(results: &Results, palette: &Palette) -> Option<Self> {
        let found = results.transferability.as_ref()?;
        let mut sizes: Vec<(usize, bool)> = Vec::new();
        for score in &found.scores {
            if !sizes.contains(&(score.train_size, score.is_all)) {
                sizes.push((score.train_size, score.is_all));
            }
        }
        let tables = sizes.into_iter();
        let tables = tables.map(|size| ScoreTable::new(results, found, palette, size));
        let mut reasons: Vec<String> = Vec::new();
        let mut left_out: Vec<&str> = Vec::new();
        for score in &found.scores {
            let of = |reason: &String| format!("{}: {reason}", score.score.title());
            if let Some(reason) = score.reason.as_ref().map(of)
                && !reasons.contains(&reason)
            {
                reasons.push(reason);
            }
            for name in &score.left_out {
                if !left_out.contains(&&**name) {
                    left_out.push(name);
                }
            }
        }
        let columns = columns(found);
        Some(Self {
            published: OF_ALL.into(),
            record: MEDICAL,
            tables: tables.collect(),
            predictors: PredictorRow::all(found, &columns),
            predicted: match results.trains_nothing() {
                true => Vec::new(),
                false => columns.iter().map(heading).collect(),
            },
            reasons,
            left_out: (!left_out.is_empty()).then(|| left_out.join(", ")),
        })
    }
}

impl ScoreTable {
    fn new(
        results: &Results,
        found: &Transferability,
        palette: &Palette,
        (train_size, is_all): (usize, bool),
    ) -> Self {
        let methods = results.probe.as_ref().map(|p| &p.settings.methods[..]);
        let methods = methods.unwrap_or_default();
        let asked = &found.asked;
        let mut rows: Vec<ScoreRow> = Vec::new();
        let row_of = |rows: &mut Vec<ScoreRow>, model: &str, init: &str, block: Option<&str>| {
            let place = format!("{model}, {init}, {}", block.unwrap_or("source's head"));
            let row = rows.iter().position(|r| r.place == place);
            row.unwrap_or_else(|| {
                rows.push(ScoreRow {
                    place,
                    colour: palette.colour(init),
                    cells: vec![None; asked.len() + methods.len()],
                    ranks: vec![usize::MAX; asked.len()],
                });
                rows.len() - 1
            })
        };
        let scores = found.scores.iter().filter(|s| s.train_size == train_size);
        for score in scores {
            let (Some(value), Some(rank)) = (score.value, score.rank) else {
                continue;
            };
            let column = asked.iter().position(|s| *s == score.score);
            if let Some(column) = column {
                let row = row_of(&mut rows, &score.model, &score.init, score.block.as_deref());
                let place = format!("place {rank}");
                rows[row].cells[column] = Some((shown(score.score, value), place));
                rows[row].ranks[column] = rank;
            }
        }
        let probes = results.probes.iter().filter(|p| p.train_size == train_size);
        for probe in probes {
            let column = methods.iter().position(|m| *m == probe.method);
            if let (Some(column), Some((value, interval))) = (column, auc(probe)) {
                let row = row_of(&mut rows, &probe.model, &probe.init, Some(&probe.block));
                rows[row].cells[asked.len() + column] = Some((value, interval));
            }
        }
        rows.sort_by(|a, b| a.ranks.cmp(&b.ranks));
        let all = if is_all { "all " } else { "" };
        Self {
            title: format!(
                "{all}{} training pictures",
                number::count(train_size as u64)
            ),
            columns: asked
                .iter()
                .map(|s| s.title())
                .chain(methods.iter().map(|m| match m {
                    ProbeMethod::Linear => "linear probe, test AUC",
                    ProbeMethod::Knn => "k-NN, test AUC",
                }))
                .collect(),
            rows,
        }
    }
}

/// A value with as many digits as its scale asks for.
fn shown(score: TransferScore, value: f64) -> String {
    match score {
        TransferScore::Transrate => number::fixed(value, 2),
        TransferScore::Gbc if value.abs() < 1e-3 => format!("−{:.1e}", value.abs()),
        TransferScore::Logme => number::fixed(value, 4),
        _ => number::fixed(value, 3),
    }
}

fn auc(probe: &ProbeResult) -> Option<(String, String)> {
    let auc = probe.auc?;
    Some((number::fixed(auc.value, 3), number::interval(&auc)))
}

/// What distinguishes predictions of one predictor, in their order.
fn columns(found: &Transferability) -> Vec<Prediction> {
    let mut columns: Vec<Prediction> = Vec::new();
    for prediction in &found.predictions {
        if !columns.iter().any(|c| is_beside(c, prediction)) {
            columns.push(prediction.clone());
        }
    }
    columns
}

fn is_beside(a: &Prediction, b: &Prediction) -> bool {
    (a.over, a.train_size, &a.regime) == (b.over, b.train_size, &b.regime)
}

fn heading(prediction: &Prediction) -> String {
    let over = match prediction.over {
        Points::Sources => "sources (transfer)",
        Points::Starts => "all starts",
    };
    let regime = match prediction.regime.beside_full() {
        None => String::new(),
        Some(regime) => format!(", {regime}"),
    };
    let size = number::count(prediction.train_size as u64);
    format!("{over}, {size} pictures{regime}")
}

impl PredictorRow {
    fn all(found: &Transferability, columns: &[Prediction]) -> Vec<Self> {
        let mut predictors: Vec<Predictor> = Vec::new();
        for prediction in &found.predictions {
            if !predictors.contains(&prediction.predictor) {
                predictors.push(prediction.predictor);
            }
        }
        // Where nothing is trained, scores still have their record.
        if predictors.is_empty() {
            predictors = found.asked.iter().map(|s| Predictor::Score(*s)).collect();
        }
        let row = |predictor: Predictor| Self {
            name: predictor.title(),
            record: match predictor {
                Predictor::Score(score) => Record::of_score(score),
                Predictor::Probe(method) => Record::of_probe(method),
            }
            .words(),
            cells: columns
                .iter()
                .map(|column| {
                    let mut all = found.predictions.iter();
                    let found = all.find(|p| p.predictor == predictor && is_beside(p, column))?;
                    Some(words(&found.association))
                })
                .collect(),
        };
        predictors.into_iter().map(row).collect()
    }
}

/// A coefficient with its number of points, and its interval or the reason why it has none.
pub(super) fn words(association: &AssociationResult) -> (String, String) {
    let points = format!("n = {}", association.points);
    let value = number::metric(association.value);
    let rest = match (association.interval, &association.reason) {
        (Some([low, high]), _) => format!(
            "{points}, {} to {}",
            number::fixed(low, 2),
            number::fixed(high, 2)
        ),
        (None, Some(reason)) if association.value.is_some() => format!("{points}; {reason}"),
        (None, Some(reason)) => reason.clone(),
        (None, None) => points,
    };
    (value, rest)
}
