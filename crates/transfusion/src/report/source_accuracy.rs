//! Accuracy on the source task against test AUC here, one figure a source, training size and
//! regime. It needs no JavaScript.

use super::interval_bar::Axis;
use super::number;
use super::transferability::words;
use crate::comparison::results::Results;
use crate::comparison::source_accuracy::SourceAccuracy;

/// Extents of a figure and its margins, in pixels.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 58.0;
const BOTTOM: f64 = 46.0;
const MARGIN: f64 = 16.0;
/// Room for labels right of the points.
const RIGHT: f64 = 110.0;

/// One figure with its numbers.
pub struct SourceFigure {
    /// Source, training size and regime.
    pub title: String,
    /// What a reader who does not see it is told.
    pub description: String,
    /// Width and height, in pixels.
    pub extent: [f64; 2],
    /// Left, right, top and bottom of the plot, in pixels.
    pub frame: [f64; 4],
    /// One per network.
    pub points: Vec<Mark>,
    /// Places and texts of the ticks below.
    pub across: Vec<(f64, String)>,
    /// Places and texts of the ticks at the left.
    pub up: Vec<(f64, String)>,
    /// Coefficient, value, and interval or reason.
    pub associations: Vec<(&'static str, String, String)>,
}

/// One network; places in pixels from the left and the top.
pub struct Mark {
    /// Label of the model.
    pub model: String,
    /// Across.
    pub x: f64,
    /// Down.
    pub y: f64,
    /// Ends of the interval, down.
    pub ends: [f64; 2],
    /// Accuracy, and AUC with its interval.
    pub numbers: [String; 2],
}

/// The figures of the page.
pub fn figures(results: &Results) -> Vec<SourceFigure> {
    let all = results.source_accuracy.iter();
    all.filter_map(SourceFigure::new).collect()
}

impl SourceFigure {
    fn new(found: &SourceAccuracy) -> Option<Self> {
        let networks = &found.networks;
        let accuracies = Axis::around(networks.iter().map(|p| p.top1), 0.02, 2)?;
        let aucs = networks.iter().flat_map(|p| [p.low, p.high, p.auc]);
        let aucs = Axis::around(aucs, 0.05, 2)?;
        let frame = [LEFT, WIDTH - RIGHT, MARGIN, HEIGHT - BOTTOM];
        let [left, right, top, bottom] = frame;
        let x = |value: f64| place(&accuracies, value, left, right);
        let y = |value: f64| place(&aucs, value, bottom, top);
        let regime = match &*found.regime {
            "full" => String::new(),
            regime => format!(", {regime}"),
        };
        let size = number::count(found.train_size as u64);
        Some(Self {
            title: format!("{}, {size} training pictures{regime}", found.source),
            description: format!(
                "Test AUC of {} networks against their top-1 accuracy on {}, as in the table",
                networks.len(),
                found.source
            ),
            extent: [WIDTH, HEIGHT],
            frame,
            points: networks
                .iter()
                .map(|p| Mark {
                    model: p.model.clone(),
                    x: x(p.top1),
                    y: y(p.auc),
                    ends: [y(p.low), y(p.high)],
                    numbers: [
                        number::fixed(p.top1, 3),
                        format!(
                            "{} ({} to {})",
                            number::fixed(p.auc, 3),
                            number::fixed(p.low, 3),
                            number::fixed(p.high, 3)
                        ),
                    ],
                })
                .collect(),
            across: ticks(&accuracies, x),
            up: ticks(&aucs, y),
            associations: found
                .associations
                .iter()
                .map(|a| {
                    let (value, rest) = words(a);
                    (a.title(), value, rest)
                })
                .collect(),
        })
    }
}

/// Pixels of a value between the pixels of the axis' ends.
fn place(axis: &Axis, value: f64, from: f64, to: f64) -> f64 {
    let [low, high] = axis.ends();
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    ((from + share * (to - from)) * 10.0).round() / 10.0
}

/// Both ends of an axis, and what lies between at quarters.
fn ticks(axis: &Axis, at: impl Fn(f64) -> f64) -> Vec<(f64, String)> {
    let [low, high] = axis.ends();
    let quarters = (0..=4).map(|q| low + (high - low) * f64::from(q) / 4.0);
    quarters.map(|v| (at(v), number::fixed(v, 3))).collect()
}
