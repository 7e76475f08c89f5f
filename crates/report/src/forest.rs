//! The test AUC of every arm with its interval and its seeds, row by row.

use super::facet::{self, facet};
use super::interval_bar::Axis as Ends;
use super::number;
use super::palette::Palette;
use figures::{Axis, Category, Figure, Form, Look, Point, Series};
use record::results::{ArmResult, Results};

/// Rows of a chart at most, so that it fits a printed page; more arms have several charts.
const ROWS: usize = 32;

/// The charts; none before the first run is done.
pub fn figures(results: &Results, palette: &Palette) -> Vec<Figure> {
    if results.arms.iter().all(|arm| arm.auc.is_none()) {
        return Vec::new();
    }
    let rows = rows(&results.arms);
    let parts: Vec<&[Row]> = rows.chunks(ROWS).collect();
    let count = parts.len();
    let numbered = parts.into_iter().enumerate();
    let all = numbered.map(|(number, part)| figure(results, palette, part, [number + 1, count]));
    all.filter_map(Figure::drawable).collect()
}

/// A row: an arm, or the model and training size of those that follow.
enum Row<'a> {
    Heading(String),
    Arm(&'a ArmResult),
}

fn rows(arms: &[ArmResult]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut before: Option<&ArmResult> = None;
    for arm in arms {
        let is_first = before.is_none_or(|before| facet(before) != facet(arm));
        // A chart starts with what its arms have in common.
        if is_first || rows.len().is_multiple_of(ROWS) {
            rows.push(Row::Heading(facet::title(arm)));
        }
        rows.push(Row::Arm(arm));
        before = Some(arm);
    }
    rows
}

fn figure(results: &Results, palette: &Palette, rows: &[Row], [part, parts]: [usize; 2]) -> Figure {
    let names = rows.iter().map(|row| match row {
        Row::Heading(title) => Category::heading(title),
        Row::Arm(arm) => name(arm),
    });
    let arms = || {
        let numbered = rows.iter().enumerate();
        numbered.filter_map(|(number, row)| match row {
            Row::Arm(arm) => Some((number as f64, *arm, palette.look(&arm.setup()))),
            Row::Heading(_) => None,
        })
    };
    let means = arms().filter_map(|(row, arm, look)| {
        let auc = arm.auc?;
        Some(
            Point::new(auc.value, row)
                .between(auc.interval())
                .looking(look),
        )
    });
    let seeds = arms().flat_map(|(row, arm, look)| {
        let aucs = arm.seeds.iter().filter_map(|seed| Some(seed.auc?.value));
        aucs.map(move |auc| Point::new(auc, row).looking(look))
    });
    let title = match parts {
        1 => "Test AUC of all arms".to_owned(),
        _ => format!("Test AUC of all arms, part {part} of {parts}"),
    };
    let axes = [axis(results), Axis::categories("arm", names)];
    Figure::new(
        &format!("test-auc-{part}"),
        title,
        sentence(&results.arms),
        axes,
    )
    .with(Series::new(
        "single seeds",
        Look::BASELINE,
        [Form::SmallDots],
        seeds.collect::<Vec<_>>(),
    ))
    .with(Series::dots(
        "mean over seeds, 95% interval",
        Look::BASELINE,
        means.collect::<Vec<_>>(),
    ))
}

fn name(arm: &ArmResult) -> Category {
    let name = Category::new(arm.setup());
    match (arm.auc, arm.seeds.is_empty()) {
        (Some(auc), _) if auc.value.is_finite() => name,
        (_, true) => name.without_values("no run yet"),
        (_, false) => name.without_values("not defined"),
    }
}

/// Twentieths around all that is drawn, so that all parts have the same axis.
fn axis(results: &Results) -> Axis {
    let ends = results.arms.iter().flat_map(|arm| {
        let auc = arm.auc.into_iter();
        let auc = auc.flat_map(|auc| [Some(auc.value), auc.low, auc.high]);
        let seeds = arm.seeds.iter().map(|seed| Some(seed.auc?.value));
        auc.chain(seeds).flatten()
    });
    let axis = Axis::straight("test AUC").digits(3);
    match Ends::around(ends, 0.05, 2).map(|ends| ends.ends()) {
        Some([low, high]) => axis.between(low, high),
        None => axis,
    }
}

fn sentence(arms: &[ArmResult]) -> String {
    let known = arms.iter().filter_map(|arm| Some((arm, arm.auc?.value)));
    let known: Vec<(&ArmResult, f64)> = known.filter(|(_, auc)| auc.is_finite()).collect();
    let highest = known.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let lowest = known.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    match (lowest, highest) {
        (Some((low, least)), Some((high, most))) if low.label != high.label => format!(
            "Mean test AUCs lie between {} ({}) and {} ({}).",
            number::fixed(*least, 3),
            low.label,
            number::fixed(*most, 3),
            high.label
        ),
        (Some((arm, auc)), _) => {
            format!(
                "The mean test AUC of {} is {}.",
                arm.label,
                number::fixed(*auc, 3)
            )
        }
        _ => "No arm has a test AUC yet.".into(),
    }
}
