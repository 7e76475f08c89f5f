//! The AUC of every class or finding in one picture.

use figures::{Axis, Category, Figure, Form, Place, Point, Reference, Series};
use record::results::{Discrimination, Estimate, Results};

use super::grid_table::{GridCell, GridRow, GridTable};
use super::seen::Seen;
use crate::evidence::flagged;
use crate::number::{self, UNKNOWN, fixed};

/// Arms with a mark in a row; more would cover each other.
const MARKS: usize = 3;
/// Rows of the drawing.
const ROWS: usize = 40;
/// Cells of the table of all arms.
const CELLS: usize = 2000;

/// The section.
pub struct PerClassSection {
    /// What the reader has to know.
    pub note: String,
    /// Rows of classes with a mark an arm.
    pub figures: Vec<Figure>,
    /// Every arm, where there are more than have marks.
    pub table: Option<GridTable>,
}

impl PerClassSection {
    /// None for a single question: its AUCs are drawn elsewhere.
    pub fn new(results: &Results, told: &Discrimination, seen: &Seen) -> Option<Self> {
        let places = sorted(told, seen);
        (places.len() > 1).then_some(())?;
        let drawn = most_positive(told, &places, ROWS);
        let figure = figure(told, seen, &drawn)?;
        let table = (told.arms.len() > MARKS).then(|| table(told, seen, &places));
        Some(Self {
            note: note(
                results,
                told,
                seen,
                places.len() - drawn.len(),
                table.as_ref(),
            ),
            figures: vec![figure],
            table,
        })
    }
}

/// Places of the questions; the mean first, then by the AUC of the reference from the highest down.
fn sorted(told: &Discrimination, seen: &Seen) -> Vec<usize> {
    let reference = seen.reference.and_then(|place| told.arms.get(place));
    let auc = |place: &usize| {
        let own = reference.and_then(|arm| arm.questions.get(*place)?.auc);
        own.map_or(f64::NEG_INFINITY, |auc| auc.value)
    };
    let mut places: Vec<usize> = (0..told.questions.len()).collect();
    places.sort_by(|a, b| {
        let is_one = |place: &usize| told.questions[*place].cases.is_some();
        is_one(a).cmp(&is_one(b)).then(auc(b).total_cmp(&auc(a)))
    });
    places
}

/// At most `most` of the places, those with the most positive pictures, in their order.
fn most_positive(told: &Discrimination, places: &[usize], most: usize) -> Vec<usize> {
    let positives = |place: usize| {
        told.questions[place]
            .cases
            .map_or(usize::MAX, |c| c.positives)
    };
    let mut counts: Vec<usize> = places.iter().map(|place| positives(*place)).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let least = counts.get(most.saturating_sub(1)).copied().unwrap_or(0);
    let kept = places
        .iter()
        .copied()
        .filter(|place| positives(*place) >= least);
    kept.take(most).collect()
}

/// The name of a row, marked where it is rare, with its positive pictures.
fn name(told: &Discrimination, place: usize) -> String {
    let question = &told.questions[place];
    match question.cases {
        Some(cases) => format!(
            "{} ({})",
            flagged(&question.name, cases.is_rare),
            number::count(cases.positives as u64)
        ),
        None => question.name.clone(),
    }
}

fn figure(told: &Discrimination, seen: &Seen, places: &[usize]) -> Option<Figure> {
    let arms = &seen.arms[..seen.arms.len().min(MARKS)];
    let rows = places.iter().map(|place| {
        let row = Category::new(name(told, *place));
        let has_value = |arm: &super::seen::SeenArm| {
            let own = arm.told.questions.get(*place);
            own.is_some_and(|own| own.auc.is_some())
        };
        match arms.iter().any(has_value) {
            true => row,
            false => row.without_values("not defined"),
        }
    });
    let axes = [
        Axis::straight("test AUC, 95% interval").digits(3),
        Axis::categories("class (positive test pictures)", rows),
    ];
    let first = arms.first()?;
    let mut figure = Figure::new(
        "auc-per-class",
        "AUC of every class or finding",
        sentence(told, first.told.questions.as_slice(), &first.name, places),
        axes,
    )
    .against(Reference::new(Place::X(0.5), "chance"));
    for (number, arm) in arms.iter().enumerate() {
        // Beside each other within a row.
        let offset = (number as f64 - (arms.len() - 1) as f64 / 2.0) * 0.28;
        let points = places.iter().enumerate().filter_map(|(row, place)| {
            let auc = arm.told.questions.get(*place)?.auc?;
            Some(Point::new(auc.value, row as f64 + offset).between(auc.interval()))
        });
        let series = Series::new(
            arm.name.clone(),
            arm.look,
            [Form::Intervals, Form::Dots],
            points,
        );
        figure = figure.with(series);
    }
    figure.drawable()
}

/// Where the first arm does best and worst.
fn sentence(
    told: &Discrimination,
    own: &[record::results::QuestionDiscrimination],
    arm: &str,
    places: &[usize],
) -> String {
    let single = places
        .iter()
        .filter(|place| told.questions[**place].cases.is_some());
    let aucs = single.filter_map(|place| Some((*place, own.get(*place)?.auc?)));
    let mut aucs: Vec<(usize, Estimate)> = aucs.collect();
    aucs.sort_by(|a, b| b.1.value.total_cmp(&a.1.value));
    let (Some((best, high)), Some((worst, low))) = (aucs.first(), aucs.last()) else {
        return String::new();
    };
    format!(
        "{arm} tells {} apart best ({}) and {} worst ({}).",
        told.questions[*best].name,
        fixed(high.value, 3),
        told.questions[*worst].name,
        fixed(low.value, 3)
    )
}

/// Mean AUCs of all arms; the longer of arms and classes goes down.
fn table(told: &Discrimination, seen: &Seen, places: &[usize]) -> GridTable {
    let arms = told.arms.len().min(CELLS / places.len().max(1)).max(1);
    let mut order: Vec<usize> = (0..told.arms.len()).collect();
    let rank = |arm: &usize| {
        let label = &told.arms[*arm].label;
        seen.arms
            .iter()
            .position(|seen| seen.label == label)
            .unwrap_or(usize::MAX)
    };
    let value = |arm: usize| {
        let first = told.arms[arm].questions.first().and_then(|own| own.auc);
        first.map_or(f64::NEG_INFINITY, |auc| auc.value)
    };
    order.sort_by(|a, b| rank(a).cmp(&rank(b)).then(value(*b).total_cmp(&value(*a))));
    order.truncate(arms);
    let cell =
        |arm: usize, place: usize| match told.arms[arm].questions.get(place).and_then(|q| q.auc) {
            // From chance to 1.
            Some(auc) => GridCell::plain(fixed(auc.value, 2), "").heated(2.0 * auc.value - 1.0),
            None => GridCell::plain(UNKNOWN, ""),
        };
    let (names, classes) = (
        |arm: usize| seen.names[arm].clone(),
        |place: usize| name(told, place),
    );
    let row = |name: String, cells: Vec<GridCell>| GridRow {
        name,
        small: String::new(),
        cells,
    };
    let caption = "Mean test AUC of every arm".to_owned();
    match order.len() >= places.len() {
        true => GridTable {
            caption,
            corner: "Arm".into(),
            columns: places.iter().map(|place| classes(*place)).collect(),
            rows: order
                .iter()
                .map(|arm| row(names(*arm), places.iter().map(|p| cell(*arm, *p)).collect()))
                .collect(),
            is_dense: true,
        },
        false => GridTable {
            caption,
            corner: "Class (positive test pictures)".into(),
            columns: order.iter().map(|arm| names(*arm)).collect(),
            rows: places
                .iter()
                .map(|place| {
                    row(
                        classes(*place),
                        order.iter().map(|a| cell(*a, *place)).collect(),
                    )
                })
                .collect(),
            is_dense: true,
        },
    }
}

fn note(
    results: &Results,
    told: &Discrimination,
    seen: &Seen,
    left: usize,
    table: Option<&GridTable>,
) -> String {
    let mut note = format!(
        "Each against the rest, over seeds, with 95% intervals over seeds and patients, in the order of the AUC of {}. In brackets: positive test pictures. ",
        seen.reference
            .map_or(results.baseline.as_str(), |place| seen.names[place]
                .as_str())
    );
    if results.data.task == "ordinal" {
        note = note.replace(
            "Each against the rest",
            "Grades from one on against lower ones",
        );
    }
    if told
        .questions
        .iter()
        .any(|q| q.cases.is_some_and(|cases| cases.is_rare))
    {
        note.push_str("⚠: fewer than ten test patients with or without it, so that its interval cannot be relied on. ");
    }
    if left > 0 {
        note.push_str(&format!(
            "Drawn are the {ROWS} with the most positive pictures; {left} more are in the table. "
        ));
    }
    if let Some(table) = table {
        let shown = table.rows.len().min(table.columns.len());
        let arms = match table.corner == "Arm" {
            true => table.rows.len(),
            false => table.columns.len(),
        };
        note.push_str(&format!(
            "Marks are of {MARKS} arms; the table has {} of {}.",
            if shown == 0 { 0 } else { arms },
            told.arms.len()
        ));
    }
    note.trim_end().to_owned()
}
