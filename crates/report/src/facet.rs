//! What charts of arms are divided by.

use super::arms::train_size;
use record::results::ArmResult;

/// Model and training size: arms that share both are compared with each other.
pub fn facet(arm: &ArmResult) -> (&str, usize) {
    (&arm.model, arm.train_size)
}

/// The two in words.
pub fn title(arm: &ArmResult) -> String {
    format!("{}, {}", arm.model, train_size(arm))
}

/// Rows of a chart at most, so that it fits a printed page.
const ROWS: usize = 22;

/// Rows in parts of about the same length, a chart each.
pub fn parts<T>(rows: &[T]) -> Vec<&[T]> {
    let count = rows.len().div_ceil(ROWS).max(1);
    rows.chunks(rows.len().div_ceil(count).max(1)).collect()
}

/// The title of a chart that may have several parts.
pub fn part_title(title: &str, [part, parts]: [usize; 2]) -> String {
    match parts {
        1 => title.to_owned(),
        _ => format!("{title}, part {part} of {parts}"),
    }
}
