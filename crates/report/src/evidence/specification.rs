//! Every comparison at everything that was tried.

use super::cell::Cell;
use super::section::{Row, Section, Sheet};
use super::tuning::scale;
use crate::number::{UNKNOWN, signed};
use crate::palette::Palette;
use crate::plot::{Dot, Line, Plot, Scale};
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
) -> Vec<Plot> {
    let arms: Vec<(&ArmResult, &TuningResult)> = results.arms.iter().zip(&results.tuning).collect();
    let place = |candidate: usize| match tuned.keys.as_slice() {
        [key] => candidates.get(candidate).map(|c| key.of(c)),
        _ => Some(candidate as f64 + 1.0),
    };
    let axis = || match tuned.keys.as_slice() {
        [key] => scale(*key, &arms),
        _ => Scale::open("candidate"),
    };
    let comparisons = results
        .specification_curve
        .iter()
        .flat_map(|c| &c.comparisons);
    let mut baselines: Vec<&str> = Vec::new();
    for comparison in comparisons.clone() {
        if !baselines.contains(&comparison.baseline.as_str()) {
            baselines.push(&comparison.baseline);
        }
    }
    let plot = |baseline: &&str| {
        let (mut lines, mut dots) = (Vec::new(), Vec::new());
        for comparison in comparisons.clone().filter(|c| c.baseline == *baseline) {
            let setup = find(results, &comparison.arm)?.setup();
            let colour = palette.colour(&setup);
            let mut points: Vec<(f64, &SpecificationPoint)> = comparison
                .points
                .iter()
                .filter_map(|point| Some((place(point.candidate)?, point)))
                .collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let last = points.len().saturating_sub(1);
            lines.push(Line {
                colour,
                is_dashed: false,
                points: points.iter().map(|(x, p)| [*x, p.difference]).collect(),
            });
            dots.extend(points.iter().enumerate().map(|(at, (x, point))| Dot {
                colour,
                place: [*x, point.difference],
                error: point.interval,
                label: setup.clone(),
                is_named: at == last,
            }));
        }
        let across: Vec<f64> = dots.iter().map(|dot| dot.place[0]).collect();
        let ends = [f64::min, f64::max].map(|end| across.iter().copied().reduce(end));
        let zero = ends.into_iter().flatten().map(|x| [x, 0.0]);
        lines.push(Line {
            colour: 0,
            is_dashed: true,
            points: zero.collect(),
        });
        let title = format!("Less {baseline}");
        Plot::new(
            title,
            [axis(), Scale::open("test AUC difference")],
            lines,
            dots,
        )
    };
    baselines.iter().filter_map(plot).collect()
}
