//! Every comparison with all that is known about its uncertainty.

use super::cell::{Cell, p};
use super::section::{Row, Section, Sheet, columns};
use crate::facet;
use crate::number::{UNKNOWN, fixed, signed, signed_interval};
use crate::palette::Palette;
use decisions::words::{chance, range};
use decisions::{MOST_PATIENTS, MOST_SEEDS};
use figures::{Axis, Category, Figure, Look, Place, Point, Reference, Series};
use record::results::{ComparisonResult, NeededResult, PowerResult, Results, SettlingResult};

/// The section; none without a comparison.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    if results.comparisons.is_empty() {
        return None;
    }
    let all = results.comparisons.iter().enumerate();
    let uncertainty = all.map(|(place, comparison)| {
        let difference = comparison.difference;
        let bootstrap = comparison.bootstrap.map_or_else(
            || UNKNOWN.to_string(),
            |b| format!("{} to {}", signed(b.low), signed(b.high)),
        );
        let seeds = difference
            .seed_sd
            .map_or("one seed".into(), |sd| fixed(sd, 3));
        row(
            results,
            palette,
            comparison,
            Some(place),
            vec![
                Cell::with(signed(difference.value), signed_interval(&difference)),
                Cell::new(bootstrap),
                Cell::with(fixed(difference.sampling_se, 3), format!("seed SD {seeds}")),
                outcome(comparison),
                believed(comparison),
                Cell::text(comparison.power.as_deref().map_or(UNKNOWN.into(), power)),
                Cell::text(
                    comparison
                        .settling
                        .as_ref()
                        .map_or(UNKNOWN.into(), settling),
                ),
            ],
        )
    });
    let tests = results.comparisons.iter().map(|comparison| {
        let permutation = comparison.permutation;
        row(
            results,
            palette,
            comparison,
            None,
            vec![
                Cell::with(
                    p(comparison.p.difference),
                    format!("corrected {}", p(comparison.p.difference_corrected)),
                ),
                Cell::with(
                    p(comparison.p.equivalence),
                    format!("corrected {}", p(comparison.p.equivalence_corrected)),
                ),
                Cell::new(p(permutation.and_then(|t| t.patients))),
                match permutation {
                    Some(test) => Cell::with(
                        p(Some(test.seeds)),
                        format!("smallest possible {}", p(Some(test.smallest_by_seeds))),
                    ),
                    None => Cell::new(UNKNOWN),
                },
            ],
        )
    });
    Some(Section {
        id: "comparisons",
        word: "Comparisons",
        title: "Comparisons",
        note: format!(
            "Differences in test AUC, seeds paired, {} as the unit of sampling. Outcomes are one family with all else that this page concludes (what helps, speeds, other test sets, the best arm): the chance that any is false is held to 5%; with three seeds simulations find up to 9%. Equivalence is shown by two one-sided tests at ±{}. “Undecided” is not “no difference”. Fewer than three seeds decide nothing. Probabilities are those of the true difference, were all as likely before the data.",
            results.data.unit_of_sampling(),
            fixed(results.margin, 3)
        ),
        plots: differences(results, palette),
        sheets: vec![
            Sheet {
                caption: String::new(),
                is_folded: false,
                columns: columns([
                    "Arm against",
                    "Difference, 95% interval",
                    "By resampling seeds and patients",
                    "Sampling SE",
                    "Outcome",
                    "Probability of more than the margin; of a difference within it; of 0 or less",
                    "Chance of detecting a true difference",
                    "To settle it",
                ]),
                rows: uncertainty.collect(),
            },
            Sheet {
                caption: "p values".into(),
                is_folded: true,
                columns: columns([
                    "Arm against",
                    "No difference",
                    "Not equivalent",
                    "Permuting patients",
                    "Permuting seeds",
                ]),
                rows: tests.collect(),
            },
        ],
    })
}

fn row(
    results: &Results,
    palette: &Palette,
    comparison: &ComparisonResult,
    place: Option<usize>,
    cells: Vec<Cell>,
) -> Row {
    let arm = results.arms.iter().find(|arm| arm.label == comparison.arm);
    Row {
        id: place.map(|place| format!("comparison-{place}")),
        colour: arm.map(|arm| palette.colour(&arm.setup())),
        name: format!("{} against {}", comparison.arm, comparison.baseline),
        is_marked: false,
        cells,
    }
}

/// The outcome, with what it was before correction.
pub fn outcome(comparison: &ComparisonResult) -> Cell {
    let alone = match comparison.outcome == comparison.uncorrected {
        true => String::new(),
        false => format!("{} alone", comparison.uncorrected),
    };
    Cell::outcome(comparison.outcome, alone)
}

/// What is believed of the true difference.
fn believed(comparison: &ComparisonResult) -> Cell {
    let Some(posterior) = comparison.posterior else {
        return Cell::new(UNKNOWN);
    };
    let share = |p: f64| match p {
        p if p < 0.005 => "< 0.01".into(),
        p if p > 0.995 => "> 0.99".into(),
        p => fixed(p, 2),
    };
    Cell::with(
        share(posterior.better),
        format!(
            "{}, {}",
            share(posterior.equivalent),
            share(posterior.none_or_worse)
        ),
    )
}

/// What could have been found.
fn power(powers: &[PowerResult]) -> String {
    let each: Vec<String> = powers
        .iter()
        .map(|p| format!("{}: {}", p.difference, chance(p.power)))
        .collect();
    each.join(", ")
}

/// What would settle an open comparison.
fn settling(settling: &SettlingResult) -> String {
    let needed = |needed: NeededResult| {
        let seeds = needed.seeds.map(|n| n.map(|n| n as f64));
        let ways = [
            range(seeds, 0, MOST_SEEDS as f64).map(|n| format!("{n} seeds")),
            range(needed.patients, 1, MOST_PATIENTS).map(|n| format!("{n} × the patients")),
        ];
        let ways: Vec<String> = ways.into_iter().flatten().collect();
        match ways.is_empty() {
            true => "many more of both".into(),
            false => ways.join(" or "),
        }
    };
    format!(
        "if equal: {}; if different by twice the margin: {}",
        needed(settling.equivalence),
        needed(settling.difference)
    )
}

/// A row of the charts: what is compared with, or a comparison with it.
enum Drawn<'a> {
    Heading(&'a str),
    Comparison(&'a ComparisonResult),
}

/// Every difference with its interval, beside the zone that does not matter.
fn differences(results: &Results, palette: &Palette) -> Vec<Figure> {
    let parts = facet::parts(&results.comparisons);
    let count = parts.len();
    let numbered = parts.into_iter().enumerate();
    let all = numbered.filter_map(|(number, comparisons)| {
        let part = [number + 1, count];
        figure(results, palette, part, &rows(comparisons)).drawable()
    });
    all.collect()
}

fn rows(comparisons: &[ComparisonResult]) -> Vec<Drawn<'_>> {
    let mut rows: Vec<Drawn> = Vec::new();
    let mut before: Option<&str> = None;
    for comparison in comparisons {
        if before != Some(&comparison.baseline) {
            rows.push(Drawn::Heading(&comparison.baseline));
        }
        before = Some(&comparison.baseline);
        rows.push(Drawn::Comparison(comparison));
    }
    rows
}

fn figure(results: &Results, palette: &Palette, part: [usize; 2], rows: &[Drawn]) -> Figure {
    let names = rows.iter().map(|row| match row {
        Drawn::Heading(baseline) => Category::heading(format!("Less {baseline}")),
        Drawn::Comparison(comparison) => Category::new(&comparison.arm),
    });
    let points = rows.iter().enumerate().filter_map(|(row, drawn)| {
        let Drawn::Comparison(comparison) = drawn else {
            return None;
        };
        let difference = comparison.difference;
        let arm = results.arms.iter().find(|arm| arm.label == comparison.arm);
        let look = arm.map_or(Look::BASELINE, |arm| palette.look(&arm.setup()));
        let point = Point::new(difference.value, row as f64).between(difference.interval());
        Some(point.noting(comparison.outcome.to_string()).looking(look))
    });
    let zone = [-results.margin, results.margin];
    Figure::new(
        &format!("differences-{}", part[0]),
        facet::part_title("Differences in test AUC", part),
        "Right of 0 an arm is ahead of what it is compared with; within the zone a difference would not matter.",
        [
            Axis::straight("difference in test AUC").digits(3),
            Axis::categories("arm", names),
        ],
    )
    .with(Series::dots(
        "difference, 95% interval",
        Look::BASELINE,
        points.collect::<Vec<_>>(),
    ))
    .against(Reference::new(Place::BetweenX(zone), ""))
    .against(Reference::new(Place::X(0.0), ""))
}
