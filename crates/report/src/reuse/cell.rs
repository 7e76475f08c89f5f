//! A number of a table with what is known of its uncertainty, or why there is none.

use super::super::number;
use record::results::{MeasureOverSeeds, OverSeeds};
use similarity::Measured;

/// One cell.
#[derive(Default)]
pub struct Cell {
    /// The number; none where there is none.
    pub value: Option<String>,
    /// Lines below it.
    pub details: Vec<String>,
    /// Depth of its colour in percent.
    pub heat: Option<u8>,
    /// Number of the note that says why there is no value.
    pub note: Option<usize>,
}

/// Why numbers are missing, each reason once, numbered from 1.
#[derive(Default)]
pub struct Notes(Vec<String>);

impl Notes {
    fn number(&mut self, reason: &str) -> usize {
        let known = self.0.iter().position(|other| other == reason);
        known.unwrap_or_else(|| {
            self.0.push(reason.to_owned());
            self.0.len() - 1
        }) + 1
    }

    /// The reasons, in the order of their numbers.
    pub fn into_reasons(self) -> Vec<String> {
        self.0
    }
}

impl Cell {
    /// A mean and its interval; `otherwise` says why there may be none.
    pub fn over(value: Option<&OverSeeds>, otherwise: &str, notes: &mut Notes) -> Self {
        Self::new(value, |value| number::fixed(value, 3), otherwise, notes)
    }

    /// A mean and its interval of small numbers, with five decimals.
    pub fn small(value: Option<&OverSeeds>, otherwise: &str, notes: &mut Notes) -> Self {
        Self::new(value, |value| number::fixed(value, 5), otherwise, notes)
    }

    /// A difference and its interval.
    pub fn difference(value: Option<&OverSeeds>, otherwise: &str, notes: &mut Notes) -> Self {
        Self::new(value, number::signed, otherwise, notes)
    }

    /// A measure over seeds, with floor, null and p of the first.
    pub fn measure(found: Option<&MeasureOverSeeds>, otherwise: &str, notes: &mut Notes) -> Self {
        let reason = found.and_then(|found| found.reason.as_deref());
        let value = found.and_then(|found| found.value.as_ref());
        let mut cell = Self::over(value, reason.unwrap_or(otherwise), notes);
        if let Some(first) = found.and_then(|found| found.first.as_ref()) {
            cell.details.extend(chance(first));
        }
        cell
    }

    fn new(
        value: Option<&OverSeeds>,
        write: impl Fn(f64) -> String,
        otherwise: &str,
        notes: &mut Notes,
    ) -> Self {
        let Some(value) = value.filter(|value| value.mean.is_finite()) else {
            return Self {
                note: Some(notes.number(otherwise)),
                ..Self::default()
            };
        };
        Self {
            value: Some(write(value.mean)),
            details: vec![interval(value, write)],
            ..Self::default()
        }
    }

    /// Coloured by where its value lies between `ends`.
    pub fn with_heat(mut self, value: Option<f64>, ends: Option<[f64; 2]>) -> Self {
        self.heat = value.zip(ends).and_then(|(value, ends)| heat(value, ends));
        self
    }
}

/// Depth of the colour of a value, in percent; none if it is not finite.
pub fn heat(value: f64, [low, high]: [f64; 2]) -> Option<u8> {
    let share = (value - low) / (high - low).max(f64::MIN_POSITIVE);
    share
        .is_finite()
        .then(|| (100.0 * share.clamp(0.0, 1.0)).round() as u8)
}

/// The interval in words, or how many values there are instead.
fn interval(value: &OverSeeds, write: impl Fn(f64) -> String) -> String {
    match (value.interval, value.values.len()) {
        (Some([low, high]), _) => format!("{} to {}", write(low), write(high)),
        (None, 1) => "1 value, no interval".to_owned(),
        (None, count) => format!("{count} values, no interval"),
    }
}

/// What chance gives: the floor of independent data, and the null distribution.
fn chance(first: &Measured) -> Vec<String> {
    let floor = first
        .floor
        .map(|floor| format!("floor {}", number::fixed(floor, 3)));
    let null = first.null.map(|null| {
        format!(
            "null {}, p {}",
            number::fixed(null.mean, 3),
            number::fixed(null.p, 3)
        )
    });
    floor.into_iter().chain(null).collect()
}
