//! A drawing of lines and dots that needs no JavaScript.

use askama::Template;

use super::number;

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 500.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 296.0;
/// Ticks of an axis, about.
const TICKS: f64 = 5.0;

/// A finished drawing; all places in pixels.
#[derive(Template)]
#[template(path = "plot.html", config = "askama.toml")]
pub struct Plot {
    /// What it shows.
    pub title: String,
    x_name: String,
    y_name: String,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    lines: Vec<DrawnLine>,
    dots: Vec<DrawnDot>,
}

struct Tick {
    place: f64,
    text: String,
}

struct DrawnLine {
    colour: usize,
    is_dashed: bool,
    points: String,
}

struct DrawnDot {
    colour: usize,
    x: f64,
    y: f64,
    error: Option<(f64, f64)>,
    label: String,
    is_named: bool,
}

/// One axis of a drawing.
pub struct Scale {
    /// What it shows, with its unit.
    pub name: String,
    /// Lower and upper end; by the data where there is none.
    pub ends: Option<[f64; 2]>,
    /// Whether equal ratios are equally far.
    pub is_logarithmic: bool,
}

impl Scale {
    /// Straight, between two ends.
    pub fn fixed(name: &str, ends: [f64; 2]) -> Self {
        Self {
            name: name.into(),
            ends: Some(ends),
            is_logarithmic: false,
        }
    }

    /// Straight, as far as the data reach.
    pub fn open(name: &str) -> Self {
        Self {
            name: name.into(),
            ends: None,
            is_logarithmic: false,
        }
    }

    /// Logarithmic, as far as the data reach.
    pub fn logarithmic(name: &str) -> Self {
        Self {
            name: name.into(),
            ends: None,
            is_logarithmic: true,
        }
    }
}

/// A line through points.
pub struct Line {
    /// Number of its colour.
    pub colour: usize,
    /// Whether it is only to compare with.
    pub is_dashed: bool,
    /// x and y.
    pub points: Vec<[f64; 2]>,
}

/// A dot with its interval upwards and downwards.
pub struct Dot {
    /// Number of its colour.
    pub colour: usize,
    /// x and y.
    pub place: [f64; 2],
    /// Lower and upper end of y.
    pub error: Option<[f64; 2]>,
    /// What it is.
    pub label: String,
    /// Whether that stands beside it.
    pub is_named: bool,
}

impl Plot {
    /// The drawing; none without anything to draw. What is not finite is left out.
    pub fn new(
        title: String,
        [x, y]: [Scale; 2],
        lines: Vec<Line>,
        dots: Vec<Dot>,
    ) -> Option<Self> {
        let is_finite = |place: &[f64; 2]| place.iter().all(|value| value.is_finite());
        let dots: Vec<Dot> = dots
            .into_iter()
            .filter(|dot| is_finite(&dot.place))
            .collect();
        let places = || {
            let of_lines = lines.iter().flat_map(|line| line.points.iter().copied());
            of_lines.chain(dots.iter().map(|dot| dot.place))
        };
        let errors = dots.iter().flat_map(|dot| dot.error).flatten();
        let across = Mapping::new(&x, places().map(|p| p[0]), [LEFT, RIGHT])?;
        let up = Mapping::new(&y, places().map(|p| p[1]).chain(errors), [BOTTOM, TOP])?;
        let drawn = lines.iter().map(|line| DrawnLine {
            colour: line.colour,
            is_dashed: line.is_dashed,
            points: line
                .points
                .iter()
                .filter(|place| is_finite(place))
                .map(|[x, y]| format!("{},{}", across.place(*x), up.place(*y)))
                .collect::<Vec<_>>()
                .join(" "),
        });
        let lines = drawn.collect();
        let drawn = dots.into_iter().map(|dot| DrawnDot {
            colour: dot.colour,
            x: across.place(dot.place[0]),
            y: up.place(dot.place[1]),
            error: dot
                .error
                .filter(is_finite)
                .map(|[low, high]| (up.place(low), up.place(high))),
            label: dot.label,
            is_named: dot.is_named,
        });
        Some(Self {
            dots: drawn.collect(),
            lines,
            title,
            x_ticks: across.ticks(),
            y_ticks: up.ticks(),
            x_name: x.name,
            y_name: y.name,
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: RIGHT,
            top: TOP,
            bottom: BOTTOM,
        })
    }
}

/// From values to pixels.
struct Mapping {
    low: f64,
    high: f64,
    is_logarithmic: bool,
    pixels: [f64; 2],
}

impl Mapping {
    fn new(scale: &Scale, values: impl Iterator<Item = f64>, pixels: [f64; 2]) -> Option<Self> {
        let usable = |v: &f64| v.is_finite() && (!scale.is_logarithmic || *v > 0.0);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(usable) {
            (low, high) = (low.min(value), high.max(value));
        }
        if low > high {
            return None;
        }
        if let Some([from, to]) = scale.ends {
            (low, high) = (from, to);
        } else if scale.is_logarithmic {
            (low, high) = (low / 1.15, high * 1.15);
        } else {
            let room = 0.06 * (high - low).max(1e-3);
            (low, high) = (low - room, high + room);
        }
        Some(Self {
            low,
            high,
            is_logarithmic: scale.is_logarithmic,
            pixels,
        })
    }

    /// Tenths of a pixel are enough; values beyond the ends are drawn at them.
    fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let share = match self.is_logarithmic {
            true => (value / self.low).ln() / (self.high / self.low).ln(),
            false => (value - self.low) / (self.high - self.low),
        };
        let [from, to] = self.pixels;
        ((from + share * (to - from)) * 10.0).round() / 10.0
    }

    fn ticks(&self) -> Vec<Tick> {
        let values: Vec<f64> = match self.is_logarithmic {
            true => logarithmic_ticks(self.low, self.high),
            false => {
                let step = round_step((self.high - self.low) / TICKS);
                let first = (self.low / step).ceil() as i64;
                let last = (self.high / step + 1e-9).floor() as i64;
                (first..=last).map(|i| i as f64 * step).collect()
            }
        };
        let step = (self.high - self.low) / TICKS;
        let text = |value: f64| match self.is_logarithmic {
            true if value < 1.0 => format!("{value:.0e}"),
            true => number::magnitude(value.round().max(0.0) as u64),
            false => {
                let digits = (-step.log10().floor()).clamp(0.0, 4.0) as usize;
                number::fixed(value, digits)
            }
        };
        let tick = |value: f64| Tick {
            place: self.place(value),
            text: text(value),
        };
        values.into_iter().map(tick).collect()
    }
}

/// 1, 2 or 5 times a power of ten, at least `least`.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    let found = factors.iter().find(|f| **f * power >= least * 0.999);
    found.unwrap_or(&10.0) * power
}

/// 1, 2 and 5 times powers of ten, or the powers alone where those are many.
fn logarithmic_ticks(low: f64, high: f64) -> Vec<f64> {
    let powers = (low.log10().floor() as i32)..=(high.log10().ceil() as i32);
    let factors: &[f64] = match high / low {
        ratio if ratio < 200.0 => &[1.0, 2.0, 5.0],
        _ => &[1.0],
    };
    let all = powers.flat_map(|power| factors.iter().map(move |f| f * 10f64.powi(power)));
    all.filter(|tick| (low..=high).contains(tick)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let straight = Mapping::new(&Scale::open("x"), [0.61, 0.93].into_iter(), [0.0, 100.0]);
        let texts: Vec<_> = straight.expect("two values").ticks();
        let texts: Vec<_> = texts.into_iter().map(|t| t.text).collect();
        assert_eq!(texts, ["0.60", "0.70", "0.80", "0.90"]);
        assert_eq!(
            logarithmic_ticks(90.0, 1100.0),
            [100.0, 200.0, 500.0, 1000.0]
        );
        assert_eq!(logarithmic_ticks(1e6, 2e9), [1e6, 1e7, 1e8, 1e9]);
        let rates = Mapping::new(
            &Scale::logarithmic("x"),
            [1e-4, 3e-3].into_iter(),
            [0.0, 100.0],
        );
        let texts = rates.expect("two values").ticks().into_iter();
        let texts: Vec<_> = texts.map(|t| t.text).collect();
        assert_eq!(texts, ["1e-4", "2e-4", "5e-4", "1e-3", "2e-3"]);
    }

    #[test]
    fn nothing_finite_is_no_drawing() {
        let axes = || [Scale::open("x"), Scale::logarithmic("y")];
        let dot = |y| Dot {
            colour: 0,
            place: [0.0, y],
            error: None,
            label: "<script>".into(),
            is_named: true,
        };
        assert!(Plot::new("t".into(), axes(), vec![], vec![dot(f64::NAN)]).is_none());
        let plot = Plot::new("t".into(), axes(), vec![], vec![dot(3.0)]).expect("a drawing");
        assert!(!plot.render().expect("a template").contains("<script"));
    }
}
