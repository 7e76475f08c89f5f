//! The evidence behind the verdict, section by section.

mod calibration;
mod comparisons;
mod convergence;
mod costs;
mod labels;
mod operating;
mod questions;

use super::number;
use super::palette::Palette;
use super::plot::Plot;
use record::results::{ArmResult, Proportion, Results, SeedResult, Timing};

/// A section of the page.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its word in the navigation.
    pub word: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What the reader has to know.
    pub note: String,
    /// Drawings.
    pub plots: Vec<Plot>,
    /// Tables.
    pub sheets: Vec<Sheet>,
}

/// A table.
pub struct Sheet {
    /// What it holds; may be empty.
    pub caption: String,
    /// Whether the reader has to open it.
    pub is_folded: bool,
    /// Names of the columns, that of the rows first.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
pub struct Row {
    /// Anchor.
    pub id: Option<String>,
    /// Number of its colour.
    pub colour: Option<usize>,
    /// What it is about.
    pub name: String,
    /// Whether it is of the recommended arm.
    pub is_marked: bool,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Default)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// What stands below in small.
    pub small: String,
    /// The class of an outcome.
    pub outcome: Option<&'static str>,
    /// Whether it is running text.
    pub is_text: bool,
}

impl Cell {
    fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    fn with(text: impl Into<String>, small: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            small: small.into(),
            ..Self::default()
        }
    }

    fn outcome(outcome: &str, small: impl Into<String>) -> Self {
        Self {
            text: outcome.into(),
            small: small.into(),
            outcome: Some(match outcome {
                "better" => "better",
                "worse" => "worse",
                "equivalent" => "equivalent",
                _ => "undecided",
            }),
            is_text: false,
        }
    }

    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_text: true,
            ..Self::default()
        }
    }

    /// A value with its interval below.
    fn interval(value: f64, low: f64, high: f64, digits: usize) -> Self {
        let [value, low, high] = [value, low, high].map(|v| number::fixed(v, digits));
        Self::with(value, format!("{low} to {high}"))
    }

    fn proportion(proportion: Option<Proportion>, digits: usize) -> Self {
        match proportion {
            Some(p) => Self::interval(p.value, p.low, p.high, digits),
            None => Self::new(number::UNKNOWN),
        }
    }
}

/// Every section that the results have something for.
pub fn sections(results: &Results, timing: &[Timing], palette: &Palette) -> Vec<Section> {
    let sections = [
        comparisons::section(results, palette),
        questions::section(results, palette),
        operating::section(results, palette),
        calibration::section(results, palette),
        convergence::section(results, timing, palette),
        labels::section(results, palette),
        costs::section(results, timing, palette),
    ];
    sections.into_iter().flatten().collect()
}

/// A row about an arm.
fn arm_row(results: &Results, palette: &Palette, arm: &ArmResult, cells: Vec<Cell>) -> Row {
    Row {
        id: None,
        colour: Some(palette.colour(&arm.setup())),
        name: arm.label.clone(),
        is_marked: results.verdict.recommended.as_ref() == Some(&arm.label),
        cells,
    }
}

/// A row about one of several questions: it names the question, and needs no mark of the arm.
fn of_question(row: Row, arm: &ArmResult, place: usize) -> Row {
    match arm.questions.get(place) {
        Some(question) if arm.questions.len() > 1 => Row {
            name: format!(
                "{}: {}",
                flagged(&question.name, question.is_rare),
                row.name
            ),
            is_marked: false,
            ..row
        },
        _ => row,
    }
}

/// The name of a question, marked where it rests on few pictures.
fn flagged(name: &str, is_rare: bool) -> String {
    let flag = if is_rare { "⚠ " } else { "" };
    format!("{flag}{name}")
}

fn columns<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(String::from).into()
}

/// The arm that the verdict recommends, else the first with a finished run.
fn shown_arm(results: &Results) -> Option<&ArmResult> {
    let is_recommended =
        |arm: &&ArmResult| results.verdict.recommended.as_ref() == Some(&arm.label);
    let mut arms = results.arms.iter();
    let recommended = arms.find(is_recommended);
    recommended.or_else(|| results.arms.iter().find(|arm| !arm.seeds.is_empty()))
}

/// The run of an arm with the highest validation AUC: the one to hand over.
fn shown_run(arm: &ArmResult) -> Option<&SeedResult> {
    let best = |place: usize| {
        let aucs = arm.curve.iter().filter_map(|point| *point.auc.get(place)?);
        aucs.fold(f64::NEG_INFINITY, f64::max)
    };
    let places = 0..arm.seeds.len();
    let place = places.max_by(|a, b| best(*a).total_cmp(&best(*b)).then(b.cmp(a)))?;
    arm.seeds.get(place)
}

/// Mean over seeds, with the smallest and the largest.
fn over_seeds(values: impl Iterator<Item = Option<f64>>, digits: usize) -> Cell {
    let found: Vec<f64> = values.flatten().collect();
    let Some(mean) = number::mean(found.iter().copied()) else {
        return Cell::new(number::UNKNOWN);
    };
    let low = found.iter().copied().fold(f64::INFINITY, f64::min);
    let high = found.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = match found.len() {
        1 => "one seed".into(),
        _ => format!(
            "{} … {}",
            number::fixed(low, digits),
            number::fixed(high, digits)
        ),
    };
    Cell::with(number::fixed(mean, digits), range)
}

/// A p value: three digits, or that it is smaller.
fn p(value: Option<f64>) -> String {
    match value {
        None => number::UNKNOWN.into(),
        Some(p) if p < 0.001 => "< 0.001".into(),
        Some(p) => number::fixed(p, 3),
    }
}
