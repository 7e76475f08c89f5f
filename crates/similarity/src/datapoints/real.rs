//! The two precisions of values, handled by one code.

use crate::Values;

/// A type that [`Values`] can hold.
pub(crate) trait Real: Copy + Into<f64> {
    /// The vector of `values` in this type; a new one if it held the other.
    fn vector(values: &mut Values) -> &mut Vec<Self>;
}

impl Real for f32 {
    fn vector(values: &mut Values) -> &mut Vec<Self> {
        if let Values::Double(_) = values {
            *values = Values::Single(Vec::new());
        }
        match values {
            Values::Single(values) => values,
            Values::Double(_) => unreachable!("replaced above"),
        }
    }
}

impl Real for f64 {
    fn vector(values: &mut Values) -> &mut Vec<Self> {
        if let Values::Single(_) = values {
            *values = Values::Double(Vec::new());
        }
        match values {
            Values::Double(values) => values,
            Values::Single(_) => unreachable!("replaced above"),
        }
    }
}

/// How many values there are.
pub(crate) fn count(values: &Values) -> usize {
    match values {
        Values::Single(values) => values.len(),
        Values::Double(values) => values.len(),
    }
}

/// Empties `values` and keeps its memory.
pub(crate) fn clear(values: &mut Values) {
    match values {
        Values::Single(values) => values.clear(),
        Values::Double(values) => values.clear(),
    }
}

/// Puts rows of `stride` values of `from` into `to`, replacing what is there.
pub(crate) fn copy_rows(from: &Values, stride: usize, rows: &[usize], to: &mut Values) {
    fn copy<T: Real>(from: &[T], stride: usize, rows: &[usize], to: &mut Values) {
        let to = T::vector(to);
        to.clear();
        for &row in rows {
            to.extend_from_slice(&from[row * stride..][..stride]);
        }
    }
    match from {
        Values::Single(from) => copy(from, stride, rows, to),
        Values::Double(from) => copy(from, stride, rows, to),
    }
}

/// Adds `from` at the end of `to`; an empty `to` takes its precision.
pub(crate) fn append(from: &Values, to: &mut Values) {
    match from {
        Values::Single(from) => f32::vector(to).extend_from_slice(from),
        Values::Double(from) => f64::vector(to).extend_from_slice(from),
    }
}
