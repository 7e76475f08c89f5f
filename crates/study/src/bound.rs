//! What a number or a text of a configuration may be.

use std::fmt;

use super::error::StudyError;

/// What is held against the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A whole number.
    Whole,
    /// Any finite number.
    Number,
    /// How many entries a list has.
    Entries,
    /// How many characters a text has.
    Characters,
}

/// The range of one key.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Dotted key, with the part of its value that is meant where it has several.
    pub key: &'static str,
    /// What is counted.
    pub counted: Counted,
    /// Least value.
    pub least: f64,
    /// Greatest value, at most 2⁵³ for whole numbers.
    pub most: f64,
    /// Whether the least and the greatest value themselves are outside.
    pub is_open: [bool; 2],
    /// What is counted, in words; may be empty.
    pub unit: &'static str,
    /// Why there.
    pub why: &'static str,
}

impl Bound {
    pub(super) const fn new(
        key: &'static str,
        counted: Counted,
        [least, most]: [f64; 2],
        unit: &'static str,
        why: &'static str,
    ) -> Self {
        Self {
            key,
            counted,
            least,
            most,
            is_open: [false; 2],
            unit,
            why,
        }
    }

    /// The same without its ends, where they are so marked.
    pub(super) const fn open(self, least: bool, most: bool) -> Self {
        Self {
            is_open: [least, most],
            ..self
        }
    }

    /// Refuses a number outside, and one that is infinite or none.
    pub(crate) fn number(&self, found: f64) -> Result<(), StudyError> {
        match self.holds(found) {
            true => Ok(()),
            false => Err(self.refuse(found.to_string())),
        }
    }

    /// Refuses a whole number outside.
    pub(crate) fn whole(&self, found: u64) -> Result<(), StudyError> {
        match self.holds(found as f64) {
            true => Ok(()),
            false => Err(self.refuse(found.to_string())),
        }
    }

    /// Refuses a list of too few or too many entries.
    pub(crate) fn entries<T>(&self, list: &[T]) -> Result<(), StudyError> {
        self.whole(list.len() as u64)
    }

    /// Refuses a text of too few or too many characters.
    pub(crate) fn text(&self, text: &str) -> Result<(), StudyError> {
        let count = text.chars().count();
        match self.holds(count as f64) {
            true => Ok(()),
            false => Err(self.refuse(format!("{count} characters"))),
        }
    }

    /// Whether `found` is inside; infinite numbers and NaN never are.
    pub(crate) fn holds(&self, found: f64) -> bool {
        let [above, below] = self.is_open;
        let least = if above {
            found > self.least
        } else {
            found >= self.least
        };
        let most = if below {
            found < self.most
        } else {
            found <= self.most
        };
        least && most
    }

    fn refuse(&self, found: String) -> StudyError {
        StudyError::Value {
            field: self.key,
            expected: format!("{self} ({})", self.why),
            found,
        }
    }
}

/// The range in words: `2 to 65536 pictures a step`, `a number above 0, at most 1`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [least, most] = [self.least, self.most].map(plain);
        match (self.counted, self.is_open) {
            (Counted::Whole, _) if self.unit.is_empty() => {
                write!(f, "a whole number from {least} to {most}")?;
            }
            (Counted::Whole, _) => write!(f, "{least} to {most}")?,
            (Counted::Entries, _) => write!(f, "{least} to {most} entries")?,
            (Counted::Characters, _) => write!(f, "{least} to {most} characters")?,
            (_, [false, false]) => write!(f, "a number from {least} to {most}")?,
            (_, [true, false]) => write!(f, "a number above {least}, at most {most}")?,
            (_, [false, true]) => write!(f, "a number from {least} to below {most}")?,
            (_, [true, true]) => write!(f, "a number above {least} and below {most}")?,
        }
        match self.unit {
            "" => Ok(()),
            unit => write!(f, " {unit}"),
        }
    }
}

/// Small and large numbers by their power of ten, but whole ones that JSON holds in full.
fn plain(number: f64) -> String {
    let size = number.abs();
    match size > 0.0 && size < 1e-3 || size > 1e16 || size >= 1e9 && size % 1e9 == 0.0 {
        true => format!("{number:e}"),
        false => number.to_string(),
    }
}
