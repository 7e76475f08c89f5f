//! One operator as it is read.

use networks::zoo::Pair;
use onnx_graph::{Argument, NodeRead};

use super::error::ImportError;

/// Most that a number of an operator may be.
const MOST: i64 = 1 << 16;

/// An operator in the file.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a>(pub(crate) &'a NodeRead<'a>);

impl<'a> Node<'a> {
    /// Its name, or where it has none that of its first output.
    pub(crate) fn name(self) -> &'a str {
        match self.0.name {
            "" => self.output(),
            name => name,
        }
    }

    /// Its operator.
    pub(crate) fn operator(self) -> &'a str {
        self.0.operator
    }

    /// Its first output.
    pub(crate) fn output(self) -> &'a str {
        self.0.outputs.first().copied().unwrap_or_default()
    }

    /// That it has a form which no layer computes.
    pub(crate) fn refused(
        self,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> ImportError {
        ImportError::Refused {
            operator: self.operator().into(),
            node: self.name().into(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// That its operator is not known.
    pub(crate) fn unknown(self) -> ImportError {
        let operator = match self.0.domain {
            "" | "ai.onnx" => self.operator().to_owned(),
            domain => format!("{domain}.{}", self.operator()),
        };
        ImportError::Operator {
            operator,
            node: self.name().into(),
        }
    }

    /// The input at a place.
    pub(crate) fn input(self, place: usize) -> Result<&'a str, ImportError> {
        let missing = || self.refused(format!("input {}", place + 1), "none");
        self.0.input(place).ok_or_else(missing)
    }

    /// An integer that it is told, or what holds without it.
    pub(crate) fn int(self, name: &str, without: i64) -> Result<i64, ImportError> {
        match self.0.argument(name) {
            None => Ok(without),
            Some(Argument::Int(value)) => Ok(*value),
            Some(_) => Err(self.refused(format!("an integer `{name}`"), "another value")),
        }
    }

    /// A number that it is told, or what holds without it.
    pub(crate) fn float(self, name: &str, without: f32) -> Result<f32, ImportError> {
        match self.0.argument(name) {
            None => Ok(without),
            Some(Argument::Float(value)) if value.is_finite() => Ok(*value),
            Some(_) => Err(self.refused(format!("a finite number `{name}`"), "another value")),
        }
    }

    /// A word that it is told; empty without it.
    pub(crate) fn word(self, name: &str) -> &'a str {
        match self.0.argument(name) {
            Some(Argument::Text(word)) => word,
            _ => "",
        }
    }

    /// A list of integers that it is told.
    pub(crate) fn ints(self, name: &str) -> Option<&'a [i64]> {
        match self.0.argument(name) {
            Some(Argument::Ints(values)) => Some(values),
            _ => None,
        }
    }

    /// So many numbers from 0 to 65536 that it is told, or as often what holds without them.
    pub(crate) fn counts<const N: usize>(
        self,
        name: &str,
        without: usize,
    ) -> Result<[usize; N], ImportError> {
        let Some(values) = self.ints(name) else {
            return Ok([without; N]);
        };
        let counts = values.iter().map(|value| self.count(name, *value));
        let counts: Vec<usize> = counts.collect::<Result<_, _>>()?;
        let length = counts.len();
        counts.try_into().map_err(|_| {
            let expected = format!("{N} numbers `{name}`: a network for pictures");
            self.refused(expected, length.to_string())
        })
    }

    /// A number from 0 to 65536.
    pub(crate) fn count(self, name: &str, value: i64) -> Result<usize, ImportError> {
        match usize::try_from(value) {
            Ok(count) if value <= MOST => Ok(count),
            _ => Err(self.refused(format!("`{name}` from 0 to {MOST}"), value.to_string())),
        }
    }
}

/// A number for rows and columns as short as it can be written.
pub(crate) fn pair([rows, columns]: [usize; 2]) -> Pair {
    match rows == columns {
        true => Pair::Both(rows),
        false => Pair::Each([rows, columns]),
    }
}

/// The same, nothing for what holds without it.
pub(crate) fn pair_unless(numbers: [usize; 2], without: usize) -> Option<Pair> {
    (numbers != [without; 2]).then(|| pair(numbers))
}
