//! Every comparison with all that is known about its uncertainty.

use super::cell::{Cell, p};
use super::section::{Row, Section, Sheet, columns};
use crate::number::{UNKNOWN, fixed, signed};
use crate::palette::Palette;
use record::results::{ComparisonResult, Results, SettlingResult};

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
                Cell::with(
                    signed(difference.value),
                    format!("{} to {}", signed(difference.low), signed(difference.high)),
                ),
                Cell::new(bootstrap),
                Cell::with(fixed(difference.sampling_se, 3), format!("seed SD {seeds}")),
                outcome(comparison),
                Cell::new(
                    comparison
                        .smallest_detectable
                        .map_or(UNKNOWN.into(), |d| fixed(d, 3)),
                ),
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
                    format!("Holm {}", p(comparison.p.difference_holm)),
                ),
                Cell::with(
                    p(comparison.p.equivalence),
                    format!("Holm {}", p(comparison.p.equivalence_holm)),
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
            "Differences in test AUC, seeds paired, patients as the unit of sampling. Outcomes stand after Holm's correction over all {} comparisons of this table, for tests of difference and of equivalence (two one-sided tests at ±{}) apart. “Undecided” is not “no difference”.",
            results.comparisons.len(),
            fixed(results.margin, 3)
        ),
        plots: Vec::new(),
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
                    "Detectable from",
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

/// What would settle an open comparison.
fn settling(settling: &SettlingResult) -> String {
    let seeds = |n: Option<usize>| n.map(|n| format!("{n} seeds"));
    let patients = |n: Option<f64>| n.map(|n| format!("{} × the patients", fixed(n, 1)));
    let either = |a: Option<String>, b: Option<String>| match (a, b) {
        (Some(a), Some(b)) => format!("{a} or {b}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "more of both".into(),
    };
    let equal = either(
        seeds(settling.equivalence_seeds),
        patients(settling.equivalence_patients),
    );
    let different = either(
        seeds(settling.difference_seeds),
        patients(settling.difference_patients),
    );
    format!("if equal: {equal}; if different by the margin: {different}")
}
