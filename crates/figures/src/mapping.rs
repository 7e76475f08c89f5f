//! From values to places.

use crate::axis::{Axis, Scale};
use crate::number;
use crate::ticks;

/// Units between marks of a row that lie a whole row apart: a value of 2.2 is below the middle of
/// row 2, so that several series do not cover each other.
const BESIDE: f64 = 20.0;

/// An axis that knows where its values lie.
#[derive(Clone, Debug)]
pub struct Mapping {
    low: f64,
    high: f64,
    scale: Kind,
    places: [f64; 2],
    digits: usize,
    /// Where rows are, each with a height of its own.
    rows: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Straight,
    Logarithmic,
    Names,
}

/// A round value with its place and its text.
#[derive(Clone, Debug)]
pub struct Tick {
    /// Where it is.
    pub place: f64,
    /// The value, by the rule for numbers.
    pub text: String,
}

impl Mapping {
    /// The axis over all `values`, which lie between two `places`; none where nothing is finite.
    pub fn new(
        axis: &Axis,
        values: impl IntoIterator<Item = f64>,
        places: [f64; 2],
    ) -> Option<Self> {
        let kind = match &axis.scale {
            Scale::Straight => Kind::Straight,
            Scale::Logarithmic => Kind::Logarithmic,
            Scale::Categories(names) => {
                let mapping = Self {
                    low: -0.5,
                    high: names.len() as f64 - 0.5,
                    scale: Kind::Names,
                    places,
                    digits: 0,
                    rows: Vec::new(),
                };
                return (!names.is_empty()).then_some(mapping);
            }
        };
        let is_usable = |v: &f64| v.is_finite() && (kind == Kind::Straight || *v > 0.0);
        let found = values.into_iter().filter(is_usable);
        let ends = found.fold(None, |ends: Option<[f64; 2]>, v| {
            let [low, high] = ends.unwrap_or([v, v]);
            Some([low.min(v), high.max(v)])
        });
        let given = axis
            .range
            .filter(|[low, high]| low < high && is_usable(low) && high.is_finite());
        let [low, high] = match (given, ends) {
            (Some(given), _) => given,
            (None, Some([low, high])) if kind == Kind::Logarithmic => [low / 1.12, high * 1.12],
            (None, Some(ends)) => widened(ends),
            (None, None) => return None,
        };
        Some(Self {
            low,
            high,
            scale: kind,
            places,
            digits: axis.digits.unwrap_or(number::decimals_within(high - low)),
            rows: Vec::new(),
        })
    }

    /// An axis of names whose places are known.
    pub fn rows(rows: Vec<f64>, places: [f64; 2]) -> Self {
        Self {
            low: 0.0,
            high: rows.len() as f64 - 1.0,
            scale: Kind::Names,
            places,
            digits: 0,
            rows,
        }
    }

    /// The place of a value; one beyond the axis lies at most a length of it away.
    pub fn place(&self, value: f64) -> f64 {
        if let Some(place) = self.rows.get(value.round().max(0.0) as usize) {
            return place + BESIDE * (value - value.round().max(0.0));
        }
        let share = match self.scale {
            Kind::Logarithmic => {
                (value.max(f64::MIN_POSITIVE) / self.low).ln() / (self.high / self.low).ln()
            }
            _ => (value - self.low) / (self.high - self.low),
        };
        let [from, to] = self.places;
        from + share.clamp(-1.0, 2.0) * (to - from)
    }

    /// Whether a value lies on the axis.
    pub fn has(&self, value: f64) -> bool {
        let slack = 1e-9 * (self.high - self.low).abs();
        (self.low - slack..=self.high + slack).contains(&value)
    }

    /// The value on the axis that is nearest to zero, where bars start.
    pub fn ground(&self) -> f64 {
        0f64.clamp(self.low, self.high)
    }

    /// Values of the ends, the lower first.
    pub fn range(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// Round values, at most about `count`; none of an axis of names.
    pub fn ticks(&self, count: usize) -> Vec<Tick> {
        let tick = |value: f64, text: String| Tick {
            place: self.place(value),
            text,
        };
        match self.scale {
            Kind::Names => Vec::new(),
            Kind::Logarithmic => {
                let values = ticks::logarithmic(self.low, self.high, count).into_iter();
                values.map(|v| tick(v, number::short(v))).collect()
            }
            Kind::Straight => {
                let (step, values) = ticks::straight(self.low, self.high, count);
                let values = values.into_iter();
                values.map(|v| tick(v, stepped(v, step))).collect()
            }
        }
    }

    /// A single value in words, with decimals by the length of the axis.
    pub fn told(&self, value: f64) -> String {
        match self.scale {
            _ if value.abs() >= 1e12 => number::short(value),
            Kind::Logarithmic if value < 1.0 => number::short(value),
            _ if value == value.round() && self.high >= 100.0 => number::fixed(value, 0),
            _ => number::fixed(value, self.digits),
        }
    }
}

/// A multiple of a step, large ones with a unit.
fn stepped(value: f64, step: f64) -> String {
    match step >= 10_000.0 {
        true => number::short(value),
        false => number::fixed(value, number::decimals(step)),
    }
}

/// As far as whole steps of the axis reach around the ends.
fn widened([low, high]: [f64; 2]) -> [f64; 2] {
    if high - low <= f64::EPSILON * low.abs().max(high.abs()) {
        let half = (0.05 * low.abs()).max(1e-3);
        return [low - half, high + half];
    }
    let (step, _) = ticks::straight(low, high, 8);
    let step = step / 2.0;
    [
        (low / step + 1e-6).floor() * step,
        (high / step - 1e-6).ceil() * step,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_on_an_axis_have_the_decimals_of_its_step() {
        let mapping = Mapping::new(&Axis::straight("x"), [0.28, 0.93], [0.0, 100.0]);
        let texts = |mapping: &Mapping| -> Vec<String> {
            let ticks = mapping.ticks(5).into_iter();
            ticks.map(|tick| tick.text).collect()
        };
        let mapping = mapping.expect("two values");
        assert_eq!(texts(&mapping), ["0.4", "0.6", "0.8"]);
        assert_eq!(mapping.told(0.30000000000000004), "0.300");
        let losses = Mapping::new(&Axis::straight("x"), [-0.0004, 0.0004], [0.0, 100.0]);
        let losses = texts(&losses.expect("two values"));
        assert!(losses.contains(&"0.0000".to_owned()) && !losses.contains(&"−0.0000".to_owned()));
    }

    #[test]
    fn values_beyond_an_axis_stay_near_it() {
        let axis = Axis::straight("x").between(0.0, 1.0);
        let mapping = Mapping::new(&axis, [], [0.0, 100.0]).expect("a range");
        assert_eq!(mapping.place(1e300), 200.0);
        assert!(Mapping::new(&Axis::logarithmic("x"), [-1.0, 0.0], [0.0, 1.0]).is_none());
    }
}
