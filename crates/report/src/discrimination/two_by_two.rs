//! What one threshold a run makes of the answers yes and no.

use record::results::{Discrimination, MeanResult, OperatingMean, RangeResult};

use super::grid_table::{GridCell, GridRow, GridTable};
use super::seen::SeenArm;
use crate::evidence::flagged;
use crate::number::{UNKNOWN, fixed};

/// The four counts of one question, as means over seeds on grounds of row shares.
pub fn matrix(title: &str, arm: &SeenArm, point: &OperatingMean) -> GridTable {
    let [found, missed, alarms, cleared] = &point.counts;
    let row = |name: &str, cells: [(&RangeResult, bool); 2]| {
        let pictures = cells.iter().map(|(count, _)| count.mean).sum::<f64>();
        let cell = |(count, is_right): (&RangeResult, bool)| GridCell {
            is_right,
            ..GridCell::plain(fixed(count.mean, 1), range(count, 0))
                .heated(count.mean / pictures.max(1.0))
        };
        GridRow {
            name: name.into(),
            small: format!("{} pictures", fixed(pictures, 0)),
            cells: cells.map(cell).into(),
        }
    };
    GridTable {
        caption: format!("{title}, {}", arm.name),
        corner: "Truth (columns: called)".into(),
        columns: vec!["positive".into(), "negative".into()],
        rows: vec![
            row("positive", [(found, true), (missed, false)]),
            row("negative", [(alarms, false), (cleared, true)]),
        ],
        is_dense: false,
    }
}

/// Every question of an arm in a row; none where no question has a threshold.
pub fn table(told: &Discrimination, arm: &SeenArm) -> Option<GridTable> {
    let questions = told.questions.iter().zip(&arm.told.questions);
    let rows: Vec<GridRow> = questions
        .filter_map(|(question, own)| {
            let point = own.operating.as_ref()?;
            let cases = question.cases?;
            let counts = point
                .counts
                .iter()
                .map(|c| GridCell::plain(fixed(c.mean, 1), range(c, 0)));
            let mut cells: Vec<GridCell> = counts.collect();
            cells.push(mean(&point.sensitivity));
            cells.push(mean(&point.specificity));
            for share in [&point.ppv, &point.npv] {
                cells.push(match share {
                    Some(share) => GridCell::plain(fixed(share.mean, 3), range(share, 3)),
                    None => GridCell::plain(UNKNOWN, ""),
                });
            }
            Some(GridRow {
                name: flagged(&question.name, cases.is_rare),
                small: format!(
                    "{} of {}",
                    cases.positives,
                    cases.positives + cases.negatives
                ),
                cells,
            })
        })
        .collect();
    (!rows.is_empty()).then(|| GridTable {
        caption: format!(
            "{}: 2 × 2 counts of every question, mean over seeds",
            arm.name
        ),
        corner: "Question".into(),
        columns: [
            "TP",
            "FN",
            "FP",
            "TN",
            "Sensitivity",
            "Specificity",
            "PPV",
            "NPV",
        ]
        .map(String::from)
        .into(),
        is_dense: false,
        rows,
    })
}

/// The counts of each run of an arm, question by question; none where none has a threshold.
pub fn of_runs(arm: &SeenArm) -> Option<GridTable> {
    let runs = arm.arm.seeds.iter().flat_map(|seed| {
        let place = crate::number::place(seed.seed, seed.fold);
        seed.questions.iter().filter_map(move |question| {
            let point = question.operating.as_ref()?;
            let mut cells = vec![GridCell::plain(fixed(point.threshold, 3), "")];
            cells.extend(
                point
                    .counts
                    .map(|count| GridCell::plain(count.to_string(), "")),
            );
            Some(GridRow {
                name: format!("seed {place}"),
                small: question.name.clone(),
                cells,
            })
        })
    });
    let rows: Vec<GridRow> = runs.collect();
    (!rows.is_empty()).then(|| GridTable {
        caption: format!("{}: 2 × 2 counts of every run", arm.name),
        corner: "Run".into(),
        columns: ["Threshold", "TP", "FN", "FP", "TN"]
            .map(String::from)
            .into(),
        is_dense: false,
        rows,
    })
}

fn mean(share: &MeanResult) -> GridCell {
    let ends = share.low.zip(share.high);
    let small = ends.map(|(low, high)| format!("{} to {}", fixed(low, 3), fixed(high, 3)));
    GridCell::plain(fixed(share.value, 3), small.unwrap_or_default())
}

/// The smallest and the largest of several seeds; nothing where they are the same.
pub fn range(range: &RangeResult, digits: usize) -> String {
    match range.smallest == range.largest {
        true => String::new(),
        false => format!(
            "{} … {}",
            fixed(range.smallest, digits),
            fixed(range.largest, digits)
        ),
    }
}
