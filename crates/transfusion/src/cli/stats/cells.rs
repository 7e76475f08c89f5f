//! Cells that the tables of `stats` share.

use report::{UNKNOWN, fixed};

/// A difference with its sign.
pub fn signed(value: f64, decimals: usize) -> String {
    match fixed(value, decimals) {
        text if value > 0.0 && text != fixed(0.0, decimals) => format!("+{text}"),
        text => text,
    }
}

/// A p value.
pub fn probability(p: Option<f64>) -> String {
    match p {
        None => UNKNOWN.into(),
        Some(p) if p < 0.0001 => "<0.0001".into(),
        Some(p) => fixed(p, 4),
    }
}
