//! Every comparison at everything that was tried.

use super::cell::Cell;
use super::section::{Row, Section, Sheet};
use super::tuning;
use crate::number::{UNKNOWN, signed};
use crate::palette::Palette;
use figures::{Axis, Figure, Form, Place, Point, Reference, Series};
use record::results::{
    ArmResult, Results, SpecificationPoint, SpecificationResult, TunedResult, TuningResult,
};
use study::Candidate;

/// Candidates that a table shows without being opened.
const OPEN_COLUMNS: usize = 8;

/// The section; none where the study does not tune, or no comparison can be made yet.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    let (tuned, curve) = (
        results.tuned.as_ref()?,
        results.specification_curve.as_ref()?,
    );
    let tuning = results.tuning.first()?;
    let candidates: Vec<Candidate> = tuning.candidates.iter().map(|t| t.candidate).collect();
    let mut columns = vec!["Arm, less its baseline".into(), "Ahead".into()];
    columns.extend(candidates.iter().map(|c| c.describe(&tuned.keys)));
    let rows = curve
        .comparisons
        .iter()
        .map(|comparison| row(results, palette, comparison, candidates.len()));
    let readings = curve.readings.iter().map(|reading| reading.text.as_str());
    Some(Section {
        id: "specification",
        word: "Specification",
        title: "Does the answer hang on how networks are trained?",
        note: format!(
            "{} Differences in test AUC between trials of two arms that were trained alike, candidate by candidate. The outcome of the study is not here but among the comparisons, where every arm is trained with what it chose; here is whether it would be the same elsewhere. Intervals (from three seeds on) are of one candidate alone and not corrected. ◂ chosen by the arm, ▸ by its baseline.",
            readings.collect::<Vec<_>>().join(" ")
        ),
        plots: plots(results, tuned, &candidates, palette),
        sheets: vec![Sheet {
            caption: "Difference in test AUC, both trained alike".into(),
            is_folded: candidates.len() > OPEN_COLUMNS,
            columns,
            rows: rows.collect(),
        }],
    })
}

fn find<'a>(results: &'a Results, label: &str) -> Option<&'a ArmResult> {
    results.arms.iter().find(|arm| arm.label == label)
}

fn row(
    results: &Results,
    palette: &Palette,
    comparison: &SpecificationResult,
    candidates: usize,
) -> Row {
    let cell = |place: usize| {
        let mut points = comparison.points.iter();
        match points.find(|point| point.candidate == place) {
            Some(point) => cell(point),
            None => Cell::new(UNKNOWN),
        }
    };
    let ahead = format!("{} of {}", comparison.ahead, comparison.points.len());
    Row {
        id: None,
        colour: find(results, &comparison.arm).map(|arm| palette.colour(&arm.setup())),
        name: format!("{}, less {}", comparison.arm, comparison.baseline),
        is_marked: false,
        cells: [Cell::new(ahead)]
            .into_iter()
            .chain((0..candidates).map(cell))
            .collect(),
    }
}

fn cell(point: &SpecificationPoint) -> Cell {
    let arm = if point.is_chosen_by_arm { " ◂" } else { "" };
    let other = if point.is_chosen_by_baseline {
        " ▸"
    } else {
        ""
    };
    let small = match (point.interval, point.seeds) {
        (Some([low, high]), _) => format!("{} to {}", signed(low), signed(high)),
        (None, 1) => "one seed".into(),
        (None, seeds) => format!("{seeds} seeds"),
    };
    Cell::with(format!("{}{arm}{other}", signed(point.difference)), small)
}

/// One drawing an arm that others are compared with: a line a comparison. Where several things were
/// tried, candidates are numbered in the order of the table.
fn plots(
    results: &Results,
    tuned: &TunedResult,
    candidates: &[Candidate],
    palette: &Palette,
) -> Vec<Figure> {
    let arms: Vec<(&ArmResult, &TuningResult)> = results.arms.iter().zip(&results.tuning).collect();
    let axis = || match tuned.keys.as_slice() {
        [key] => tuning::axis(*key, &arms),
        _ => Axis::straight("candidate"),
    };
    let place = |candidate: usize| match tuned.keys.as_slice() {
        [key] => candidates.get(candidate).map(|c| key.of(c)),
        _ => Some(candidate as f64 + 1.0),
    };
    let comparisons = results.specification_curve.iter();
    let comparisons: Vec<_> = comparisons.flat_map(|c| &c.comparisons).collect();
    let mut baselines: Vec<&str> = Vec::new();
    for comparison in &comparisons {
        if !baselines.contains(&comparison.baseline.as_str()) {
            baselines.push(&comparison.baseline);
        }
    }
    let numbered = baselines.iter().enumerate();
    let all = numbered.filter_map(|(number, baseline)| {
        let of_baseline = comparisons.iter().filter(|c| c.baseline == *baseline);
        let lines = of_baseline.filter_map(|c| line(results, palette, c, &place));
        Figure::new(
            &format!("specification-{}", number + 1),
            format!("Less {baseline}"),
            "Differences in test AUC, both trained alike: above 0 the arm is ahead, below it behind.",
            [axis(), Axis::straight("test AUC difference").digits(3)],
        )
        .with_all(lines)
        .against(Reference::new(Place::Y(0.0), ""))
        .drawable()
    });
    all.collect()
}

fn line(
    results: &Results,
    palette: &Palette,
    comparison: &SpecificationResult,
    place: &dyn Fn(usize) -> Option<f64>,
) -> Option<Series> {
    let setup = find(results, &comparison.arm)?.setup();
    let points = comparison.points.iter().filter_map(|point| {
        let chosen = match (point.is_chosen_by_arm, point.is_chosen_by_baseline) {
            (true, true) => "chosen by both",
            (true, false) => "chosen by the arm",
            (false, true) => "chosen by its baseline",
            (false, false) => "",
        };
        let drawn = Point::new(place(point.candidate)?, point.difference).between(point.interval);
        Some(match chosen {
            "" => drawn,
            chosen => drawn.noting(chosen).marked(point.is_chosen_by_arm),
        })
    });
    let mut points: Vec<Point> = points.collect();
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    let forms = [Form::Line, Form::Intervals, Form::Dots];
    Some(Series::new(&setup, palette.look(&setup), forms, points))
}
