//! One measure between two layers, as it is printed.

use report::{UNKNOWN, fixed};
use serde::Serialize;
use similarity::{Convention, Interval, Measured, Null, Reason};

/// A measure in JSON: a value, or the reason why there is none and its words.
#[derive(Serialize)]
pub struct Told<'a> {
    measure: String,
    convention: Convention,
    value: Option<f64>,
    reason: Option<&'a Reason>,
    words: Option<String>,
    floor: Option<f64>,
    null: Option<Null>,
    interval: Option<Interval>,
}

impl<'a> From<&'a Measured> for Told<'a> {
    fn from(measured: &'a Measured) -> Self {
        let reason = measured.value.as_ref().err();
        Self {
            measure: measured.measure.to_string(),
            convention: measured.convention,
            value: measured.value.as_ref().ok().copied(),
            reason,
            words: reason.map(Reason::to_string),
            floor: measured.floor,
            null: measured.null,
            interval: measured.interval,
        }
    }
}

/// The columns of [`cells`].
pub const HEADER: [&str; 6] = [
    "measure",
    "value",
    "95% interval",
    "floor",
    "null mean",
    "p",
];

/// A measure in a table.
pub fn cells(measured: &Measured) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or(UNKNOWN.into(), |value| fixed(value, 4));
    let interval = measured.interval;
    vec![
        measured.measure.to_string(),
        number(measured.value.as_ref().ok().copied()),
        interval.map_or(UNKNOWN.into(), |i| {
            format!("{} to {}", fixed(i.low, 4), fixed(i.high, 4))
        }),
        number(measured.floor),
        number(measured.null.map(|null| null.mean)),
        number(measured.null.map(|null| null.p)),
    ]
}
