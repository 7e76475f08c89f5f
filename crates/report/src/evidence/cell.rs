//! A cell of a table.

use record::results::{Estimate, LabelOutcome, Outcome, Proportion, SpeedOutcome};

use crate::number;

/// A cell of a table.
#[derive(Default)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// What stands below in small.
    pub small: String,
    /// The class of an outcome.
    pub outcome: Option<&'static str>,
    /// Whether it is running text.
    pub is_text: bool,
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    pub fn with(text: impl Into<String>, small: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            small: small.into(),
            ..Self::default()
        }
    }

    pub fn outcome(outcome: Outcome, small: impl Into<String>) -> Self {
        Self {
            text: outcome.to_string(),
            small: small.into(),
            outcome: Some(outcome.word()),
            is_text: false,
        }
    }

    /// An outcome of steps, in the colours of that of AUCs.
    pub fn speed(outcome: SpeedOutcome, small: impl Into<String>) -> Self {
        Self::like(outcome.word(), outcome.like(), small)
    }

    /// An outcome of labels, in the same colours.
    pub fn labels(outcome: LabelOutcome) -> Self {
        Self::like(outcome.word(), outcome.like(), "")
    }

    /// A word in the colours of an outcome.
    pub fn like(word: &str, outcome: Outcome, small: impl Into<String>) -> Self {
        Self {
            text: word.into(),
            ..Self::outcome(outcome, small)
        }
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_text: true,
            ..Self::default()
        }
    }

    /// A value with its interval below.
    pub fn interval(value: f64, low: f64, high: f64, digits: usize) -> Self {
        let [value, low, high] = [value, low, high].map(|v| number::fixed(v, digits));
        Self::with(value, format!("{low} to {high}"))
    }

    /// An AUC over seeds, with its interval or why there is none below.
    pub fn estimate(estimate: &Estimate) -> Self {
        Self::with(number::fixed(estimate.value, 3), number::interval(estimate))
    }

    /// The same of a difference.
    pub fn difference(estimate: &Estimate) -> Self {
        Self::with(
            number::signed(estimate.value),
            number::signed_interval(estimate),
        )
    }

    /// A ratio of any size with its interval.
    pub fn ratio(ratio: Option<Proportion>) -> Self {
        match ratio {
            Some(r) => Self::with(
                number::ratio(r.value),
                format!("{} to {}", number::ratio(r.low), number::ratio(r.high)),
            ),
            None => Self::new(number::UNKNOWN),
        }
    }

    pub fn proportion(proportion: Option<Proportion>, digits: usize) -> Self {
        match proportion {
            Some(p) => Self::interval(p.value, p.low, p.high, digits),
            None => Self::new(number::UNKNOWN),
        }
    }
}

/// Mean over seeds, with the smallest and the largest.
pub fn over_seeds(values: impl Iterator<Item = Option<f64>>, digits: usize) -> Cell {
    let found: Vec<f64> = values.flatten().collect();
    let Some(mean) = number::mean(found.iter().copied()) else {
        return Cell::new(number::UNKNOWN);
    };
    let low = found.iter().copied().fold(f64::INFINITY, f64::min);
    let high = found.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = match found.len() {
        1 => "one seed".into(),
        _ => format!(
            "{} … {}",
            number::fixed(low, digits),
            number::fixed(high, digits)
        ),
    };
    Cell::with(number::fixed(mean, digits), range)
}

/// A p value: three digits, or that it is smaller.
pub fn p(value: Option<f64>) -> String {
    match value {
        None => number::UNKNOWN.into(),
        Some(p) if p < 0.001 => "< 0.001".into(),
        Some(p) => number::fixed(p, 3),
    }
}
