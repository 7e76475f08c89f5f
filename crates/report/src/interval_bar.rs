//! A value, its interval and its seeds on a small axis, drawn beside the numbers.

use super::number;
use askama::Template;
use record::results::Estimate;

/// Width of a bar in pixels.
const WIDTH: f64 = 180.0;
/// Room left and right of the axis, so that dots at its ends are whole.
const PADDING: f64 = 6.0;

/// The range that all bars of one column share.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    low: f64,
    high: f64,
    digits: usize,
}

impl Axis {
    /// The smallest range of whole `unit`s around all finite values; none without any.
    pub fn around(values: impl IntoIterator<Item = f64>, unit: f64, digits: usize) -> Option<Self> {
        let mut ends: Option<(f64, f64)> = None;
        for value in values.into_iter().filter(|value| value.is_finite()) {
            let (low, high) = ends.unwrap_or((value, value));
            ends = Some((low.min(value), high.max(value)));
        }
        let (low, high) = ends?;
        let low = (low / unit).floor() * unit;
        let high = (high / unit).ceil() * unit;
        Some(Self {
            low,
            high: high.max(low + unit),
            digits,
        })
    }

    /// Both ends in numbers.
    pub fn ends(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// Lower end, as text.
    pub fn low(&self) -> String {
        number::fixed(self.low, self.digits)
    }

    /// Upper end, as text.
    pub fn high(&self) -> String {
        number::fixed(self.high, self.digits)
    }

    /// Pixels from the left of the bar, values beyond the axis at its ends.
    fn place(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        ((PADDING + share * (WIDTH - 2.0 * PADDING)) * 10.0).round() / 10.0
    }
}

/// One bar; all places in pixels from the left.
#[derive(Template)]
#[template(path = "interval_bar.html", config = "askama.toml")]
pub struct IntervalBar {
    description: String,
    width: f64,
    start: f64,
    end: f64,
    interval: Option<(f64, f64)>,
    value: f64,
    reference: Option<f64>,
    zone: Option<(f64, f64)>,
    seeds: Vec<f64>,
}

impl IntervalBar {
    /// A value between `low` and `high`; none if one of them is not finite.
    pub fn new(axis: &Axis, value: f64, low: f64, high: f64) -> Option<Self> {
        if !(value.is_finite() && low.is_finite() && high.is_finite()) {
            return None;
        }
        Some(Self {
            description: format!(
                "{}, 95% interval {} to {}",
                number::fixed(value, 3),
                number::fixed(low, 3),
                number::fixed(high, 3)
            ),
            width: WIDTH,
            start: PADDING,
            end: WIDTH - PADDING,
            interval: Some((axis.place(low), axis.place(high))),
            value: axis.place(value),
            reference: None,
            zone: None,
            seeds: Vec::new(),
        })
    }

    /// An estimate with its interval, where it has one; none if something is not finite.
    pub fn of(axis: &Axis, estimate: &Estimate) -> Option<Self> {
        match estimate.interval() {
            Some([low, high]) => Self::new(axis, estimate.value, low, high),
            None => Self::bare(axis, estimate.value),
        }
    }

    /// A value without an interval; none if it is not finite.
    pub fn bare(axis: &Axis, value: f64) -> Option<Self> {
        let mut bar = Self::new(axis, value, value, value)?;
        bar.description = format!("{}, no interval", number::fixed(value, 3));
        bar.interval = None;
        Some(bar)
    }

    /// With a line that the value is read against.
    pub fn with_reference(mut self, axis: &Axis, reference: Option<f64>) -> Self {
        self.reference = reference
            .filter(|value| value.is_finite())
            .map(|value| axis.place(value));
        self
    }

    /// With the range of differences that would not matter, as place and width.
    pub fn with_zone(mut self, axis: &Axis, margin: f64) -> Self {
        if margin.is_finite() {
            let left = axis.place(-margin.abs());
            self.zone = Some((left, axis.place(margin.abs()) - left));
        }
        self
    }

    /// With a dot per seed.
    pub fn with_seeds(mut self, axis: &Axis, seeds: impl IntoIterator<Item = f64>) -> Self {
        self.seeds = seeds
            .into_iter()
            .filter(|value| value.is_finite())
            .map(|value| axis.place(value))
            .collect();
        self
    }
}
