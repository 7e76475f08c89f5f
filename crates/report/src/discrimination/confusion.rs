//! What is taken for what.

use record::metrics::METRICS;
use record::results::{Discrimination, Results};

use super::grid_table::{GridCell, GridRow, GridTable};
use super::matrix::{self, percent};
use super::seen::{Seen, SeenArm};
use super::two_by_two;
use crate::number::{self, UNKNOWN, fixed};

/// Classes beyond which seeds have no matrices of their own on the page.
const BY_SEED: usize = 12;

/// The section.
pub struct ConfusionSection {
    /// What the reader has to know.
    pub note: String,
    /// Tables that are read first.
    pub tables: Vec<GridTable>,
    /// Titles of tables to unfold, with these.
    pub folded: Vec<(String, Vec<GridTable>)>,
}

impl ConfusionSection {
    /// None where no run has a matrix or a threshold.
    pub fn new(results: &Results, told: &Discrimination, seen: &Seen) -> Option<Self> {
        let (first, others) = seen.arms.split_first()?;
        let classes = &results.data.classes;
        let mut tables = Vec::new();
        let mut folded = Vec::new();
        tables.extend(exclusive(first, classes));
        tables.extend(headline(told, first));
        let every = two_by_two::table(told, first).filter(|table| table.rows.len() > 1);
        match tables.is_empty() {
            true => tables.extend(every),
            false => folded.extend(every.map(|table| (table.caption.clone(), vec![table]))),
        }
        if let Some(arm) = others.first() {
            let mut own = exclusive(arm, classes);
            own.extend(headline(told, arm));
            own.extend(two_by_two::table(told, arm).filter(|table| table.rows.len() > 1));
            folded.push((format!("The same of {}", arm.name), own));
        }
        let mut seeds = by_seed(first, classes);
        seeds.extend(two_by_two::of_runs(first));
        folded.push((format!("Every seed of {}", first.name), seeds));
        folded.retain(|(_, tables)| !tables.is_empty());
        (!tables.is_empty()).then(|| Self {
            note: note(results, told, first),
            tables,
            folded,
        })
    }
}

/// The matrix of exclusive classes, and what it says of each class.
fn exclusive(arm: &SeenArm, classes: &[String]) -> Vec<GridTable> {
    let Some(confusion) = &arm.told.confusion else {
        return Vec::new();
    };
    let caption = format!(
        "{}: share of the pictures of a true class, mean over seeds",
        arm.name
    );
    let matrix =
        (!confusion.counts.is_empty()).then(|| matrix::over_seeds(caption, classes, confusion));
    let rows = classes.iter().enumerate().map(|(place, class)| {
        let cell = |range: Option<&Option<record::results::RangeResult>>| match range {
            Some(Some(range)) => GridCell::plain(fixed(range.mean, 3), two_by_two::range(range, 3)),
            _ => GridCell::plain(UNKNOWN, ""),
        };
        GridRow {
            name: class.clone(),
            small: String::new(),
            cells: vec![
                cell(confusion.recall.get(place)),
                cell(confusion.precision.get(place)),
            ],
        }
    });
    let of_classes = GridTable {
        caption: format!("{}: every class, mean and range over seeds", arm.name),
        corner: "Class".into(),
        columns: vec!["Sensitivity (recall)".into(), "Precision".into()],
        is_dense: false,
        rows: rows.collect(),
    };
    matrix.into_iter().chain([of_classes]).collect()
}

/// The 2 × 2 table of the headline, where that is one question.
fn headline(told: &Discrimination, arm: &SeenArm) -> Option<GridTable> {
    let questions = told.questions.iter().zip(&arm.told.questions);
    let mut headline = questions.filter(|(question, _)| question.is_headline);
    let (question, own) = headline.next()?;
    let point = own.operating.as_ref()?;
    Some(two_by_two::matrix(&question.name, arm, point))
}

fn by_seed(arm: &SeenArm, classes: &[String]) -> Vec<GridTable> {
    let confusion = arm
        .told
        .confusion
        .as_ref()
        .filter(|_| classes.len() <= BY_SEED);
    let seeds = confusion.into_iter().flat_map(|confusion| &confusion.seeds);
    seeds
        .map(|seed| matrix::of_seed(&arm.name, classes, seed))
        .collect()
}

fn note(results: &Results, told: &Discrimination, arm: &SeenArm) -> String {
    let mut note = String::new();
    if arm.told.confusion.is_some() {
        let grade = match results.data.task.as_str() {
            "ordinal" => "grade",
            _ => "class",
        };
        note.push_str(&format!(
            "Predicted is the {grade} of the highest probability, among equals the lowest. Each row adds up to 100%; below a share stand the mean number of pictures and the range over seeds. "
        ));
        let agreement = METRICS
            .iter()
            .filter(|metric| metric.id == "kappa" || metric.id == "accuracy");
        for metric in agreement {
            let values = arm
                .arm
                .seeds
                .iter()
                .filter_map(|seed| seed.metrics.get(metric));
            if let Some(mean) = number::mean(values) {
                let mean = match metric.id {
                    "accuracy" => percent(mean),
                    _ => fixed(mean, 3),
                };
                note.push_str(&format!("Mean {}: {mean}. ", metric.words));
            }
        }
    }
    let points = arm.told.questions.iter();
    let rule = points
        .filter_map(|question| question.operating.as_ref())
        .next();
    if let Some(point) = rule {
        note.push_str(&format!(
            "Yes-or-no questions are called positive from a threshold that each run chose on the validation partition ({}); intervals of sensitivity and specificity are for other seeds and other patients. ",
            point.rule
        ));
    }
    let asked = told.questions.iter().zip(&arm.told.questions);
    let without =
        asked.filter(|(question, own)| question.cases.is_some() && own.operating.is_none());
    let without: Vec<&str> = without
        .map(|(question, _)| question.name.as_str())
        .collect();
    if !without.is_empty() {
        note.push_str(&format!(
            "Without a threshold, as the pictures lack one of the answers: {}. ",
            without.join(", ")
        ));
    }
    let more = told.arms.len().saturating_sub(2);
    if more > 0 {
        note.push_str(&format!(
            "The matrices of {more} more {} are in results.json, under discrimination.",
            if more == 1 { "arm" } else { "arms" }
        ));
    }
    note.trim_end().to_owned()
}
