//! Figure 5 in numbers: what training did to the filters of the first convolution.

use super::interval_bar::{Axis, IntervalBar};
use super::number;
use super::palette::Palette;
use super::reuse::{Cell, Inits, Notes, ReadingView};
use record::results::{Analysis, FilterChange, OneFilter, OverSeeds};

/// Why there may be no number.
const OTHERWISE: &str = "no filter has a value: filters without variance or that start at zero";

/// A number of a filter: its name, its ends on the page, over seeds, and of one filter.
type Number = (
    &'static str,
    [f64; 2],
    fn(&FilterChange) -> Option<&OverSeeds>,
    fn(&OneFilter) -> Option<f64>,
);

/// In the order of the columns.
const NUMBERS: [Number; 5] = [
    (
        "Correlation",
        [-1.0, 1.0],
        |change| change.correlation.as_ref(),
        |filter| filter.correlation,
    ),
    (
        "Cosine",
        [-1.0, 1.0],
        |change| change.cosine.as_ref(),
        |filter| filter.cosine,
    ),
    (
        "Movement",
        [0.0, f64::NAN],
        |change| change.movement.as_ref(),
        |filter| filter.movement,
    ),
    (
        "Gabor R² before",
        [0.0, 1.0],
        |change| change.gabor_before.as_ref(),
        |filter| filter.gabor_before,
    ),
    (
        "Gabor R² after",
        [0.0, 1.0],
        |change| change.gabor_after.as_ref(),
        |filter| filter.gabor_after,
    ),
];

/// The table of all arms with filters.
pub struct FilterTable {
    /// Name and ends of each column.
    pub columns: Vec<(&'static str, Option<[String; 2]>)>,
    /// One per setting.
    pub groups: Vec<FilterGroup>,
    /// Why numbers are missing.
    pub reasons: Vec<String>,
}

/// One setting.
pub struct FilterGroup {
    /// Its name.
    pub title: String,
    /// One per arm.
    pub rows: Vec<FilterRow>,
    /// What figure 5 says.
    pub reading: Option<ReadingView>,
}

/// One arm.
pub struct FilterRow {
    /// Name of the initialisation.
    pub init: String,
    /// Number of its colour.
    pub colour: usize,
    /// Path of the tensor and shape.
    pub tensor: String,
    /// In the order of the columns, with a dot for each filter of the first seed.
    pub cells: Vec<(Cell, Option<IntervalBar>)>,
}

impl FilterTable {
    /// The table; none until a run's filters are measured.
    pub fn new(analysis: &Analysis, palette: &Palette) -> Option<Self> {
        let arms = analysis.settings.iter().flat_map(|setting| &setting.arms);
        let changes: Vec<&FilterChange> = arms.filter_map(|arm| arm.filters.as_ref()).collect();
        if changes.is_empty() {
            return None;
        }
        let axes = NUMBERS.map(|(_, ends, over, of_one)| {
            let found = changes.iter().flat_map(|change| {
                let means = over(change).map(|value| value.mean);
                means
                    .into_iter()
                    .chain(change.filters.iter().filter_map(of_one))
            });
            // Movement has no upper end of its own.
            let is_open = ends[1].is_nan();
            let found = found.filter(|_| is_open);
            Axis::around(
                ends.into_iter().chain(found),
                if is_open { 0.5 } else { 1.0 },
                1,
            )
        });
        let mut notes = Notes::default();
        let mut groups = Vec::new();
        for setting in &analysis.settings {
            let inits = Inits::new(palette, setting);
            let title = setting.title();
            let arms = setting.arms.iter();
            let rows = arms.filter_map(|arm| {
                let change = arm.filters.as_ref()?;
                let [filters, channels, height, width] = change.shape;
                let cells = NUMBERS
                    .iter()
                    .zip(&axes)
                    .map(|((name, _, over, of_one), axis)| {
                        let value = over(change);
                        let noise = change.gabor_noise.filter(|_| name.starts_with("Gabor"));
                        let dots = change.filters.iter().filter_map(of_one);
                        let bar = axis.and_then(|axis| {
                            let bar = bar(&axis, value?)?.with_reference(&axis, noise);
                            Some(bar.with_seeds(&axis, dots))
                        });
                        let mut cell = Cell::over(value, OTHERWISE, &mut notes);
                        let noise = noise.map(|noise| format!("noise {}", number::fixed(noise, 3)));
                        cell.details.extend(noise);
                        (cell, bar)
                    });
                Some(FilterRow {
                    init: arm.init.clone(),
                    colour: inits.colour(arm),
                    tensor: format!(
                        "{}, {filters} filters of {width} × {height}, channels: {channels}",
                        change.path
                    ),
                    cells: cells.collect(),
                })
            });
            let rows: Vec<FilterRow> = rows.collect();
            let mut readings = analysis.readings.iter();
            let reading = readings.find(|r| r.figure == 5 && r.setting == title);
            if !rows.is_empty() {
                groups.push(FilterGroup {
                    rows,
                    reading: reading.map(ReadingView::new),
                    title,
                });
            }
        }
        Some(Self {
            columns: NUMBERS
                .iter()
                .zip(&axes)
                .map(|((name, ..), axis)| (*name, axis.map(|axis| [axis.low(), axis.high()])))
                .collect(),
            groups,
            reasons: notes.into_reasons(),
        })
    }
}

fn bar(axis: &Axis, value: &OverSeeds) -> Option<IntervalBar> {
    match value.interval {
        Some([low, high]) => IntervalBar::new(axis, value.mean, low, high),
        None => IntervalBar::bare(axis, value.mean),
    }
}
