//! Confusion matrices as tables.

use record::results::{ConfusionResult, RangeResult, SeedConfusion};

use super::grid_table::{GridCell, GridRow, GridTable};
use crate::number::{UNKNOWN, fixed};

/// Classes up to which a cell has its count and its range beside the share.
const FULL: usize = 8;

/// Mean over seeds: row shares on their grounds, counts and ranges below.
pub fn over_seeds(caption: String, classes: &[String], confusion: &ConfusionResult) -> GridTable {
    let is_dense = classes.len() > FULL;
    let rows = confusion.shares.iter().enumerate().map(|(truth, shares)| {
        let counts = confusion.counts.get(truth).map_or(&[][..], Vec::as_slice);
        let pictures: f64 = counts.iter().sum();
        let cells = shares.iter().enumerate().map(|(predicted, share)| {
            let count = counts.get(predicted).copied().unwrap_or(f64::NAN);
            let cell = match share {
                Some(share) if is_dense => GridCell::plain(percent(share.mean), ""),
                Some(share) => GridCell::plain(
                    percent(share.mean),
                    format!("{} · {}", fixed(count, 1), range_percent(share)),
                ),
                None => GridCell::plain(UNKNOWN, ""),
            };
            let mut cell = cell.heated(share.map_or(0.0, |share| share.mean));
            cell.is_right = truth == predicted;
            cell
        });
        GridRow {
            name: class(classes, truth),
            small: format!("{} pictures", fixed(pictures, 0)),
            cells: cells.collect(),
        }
    });
    table(caption, classes, rows.collect())
}

/// One seed: counts on grounds of row shares.
pub fn of_seed(arm: &str, classes: &[String], seed: &SeedConfusion) -> GridTable {
    let rows = seed.counts.iter().enumerate().map(|(truth, counts)| {
        let pictures: u64 = counts.iter().sum();
        let cells = counts.iter().enumerate().map(|(predicted, count)| {
            let share = *count as f64 / (pictures as f64).max(1.0);
            let mut cell = GridCell::plain(count.to_string(), "").heated(share);
            cell.is_right = truth == predicted;
            cell
        });
        GridRow {
            name: class(classes, truth),
            small: String::new(),
            cells: cells.collect(),
        }
    });
    let place = match seed.repeat {
        Some(repeat) => format!("seed {}, repeat {repeat}", seed.seed),
        None => format!("seed {}", seed.seed),
    };
    table(
        format!("{arm}, {place}: test pictures"),
        classes,
        rows.collect(),
    )
}

fn table(caption: String, classes: &[String], rows: Vec<GridRow>) -> GridTable {
    GridTable {
        caption,
        corner: "True class (columns: predicted)".into(),
        columns: classes.to_vec(),
        is_dense: classes.len() > FULL,
        rows,
    }
}

fn class(classes: &[String], place: usize) -> String {
    classes.get(place).cloned().unwrap_or_default()
}

/// A share in whole percent.
pub fn percent(share: f64) -> String {
    format!("{}%", fixed(100.0 * share, 0))
}

fn range_percent(share: &RangeResult) -> String {
    let [low, high] = [share.smallest, share.largest].map(|s| fixed(100.0 * s, 0));
    format!("{low} … {high}%")
}
