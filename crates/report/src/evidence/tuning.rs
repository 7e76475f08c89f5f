//! What every arm tried before its runs, and what it chose.

use super::cell::Cell;
use super::section::{Section, Sheet, arm_row};
use crate::arms::train_size;
use crate::number::{UNKNOWN, count, fixed};
use crate::palette::Palette;
use crate::plot::{Dot, Line, Plot, Scale};
use record::results::{
    ArmResult, Results, TriedResult, TunedResult, TuningResult, tuning_warnings,
};
use study::TuneKey;

/// Candidates that a table shows without being opened.
const OPEN_COLUMNS: usize = 8;

/// An arm with what it tried.
type Tried<'a> = (&'a ArmResult, &'a TuningResult);

/// The section; none where the study does not tune.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    let tuned = results.tuned.as_ref()?;
    let arms: Vec<Tried> = results
        .arms
        .iter()
        .flat_map(|arm| {
            let of_arm = results.tuning.iter().filter(|t| t.arm == arm.label);
            of_arm.map(move |found| (arm, found))
        })
        .collect();
    let (_, first) = arms.first()?;
    let names = first
        .candidates
        .iter()
        .map(|tried| tried.candidate.describe(&tuned.keys));
    let mut columns = vec!["Arm".into(), "Chosen".into()];
    columns.extend(names);
    columns.push("Steps of trials".into());
    let rows = arms.iter().map(|(arm, found)| {
        let chosen = found.choice().map(|c| c.describe(&tuned.keys));
        let mut cells = vec![Cell::text(chosen.unwrap_or_else(|| UNKNOWN.into()))];
        let tried = found.candidates.iter().enumerate();
        cells.extend(tried.map(|(place, tried)| cell(tried, found.chosen == Some(place))));
        cells.push(Cell::new(count(found.steps)));
        arm_row(results, palette, arm, cells)
    });
    let warnings = tuning_warnings(&results.tuning).into_iter();
    let warnings: Vec<String> = warnings
        .map(|warning| format!(" Attention: {warning}."))
        .collect();
    Some(Section {
        id: "tuning",
        word: "Tuning",
        title: "What was every arm trained with?",
        note: format!(
            "Before its runs every arm tried the same candidates with the same {}, which no run has. Chosen is the candidate with the highest mean of the best validation AUC; of equal ones the one with the fewest steps, then the lowest rate, then the least decay. The test pictures had no part in it. Dots: means, with the smallest and largest of the seeds; where several things were tried, the best of what stands above one value.{}",
            match tuned.seeds.len() {
                1 => "seed".into(),
                seeds => format!("{seeds} seeds"),
            },
            warnings.concat()
        ),
        plots: plots(tuned, &arms, palette),
        sheets: vec![Sheet {
            caption: "Best validation AUC of the trials: mean, and each seed".into(),
            is_folded: first.candidates.len() > OPEN_COLUMNS,
            columns,
            rows: rows.collect(),
        }],
    })
}

/// Mean over seeds, with each of them.
fn cell(tried: &TriedResult, is_chosen: bool) -> Cell {
    let seeds = tried.trials.iter().map(|trial| match &trial.error {
        Some(_) => "failed".into(),
        None => trial
            .validation_auc
            .map_or(UNKNOWN.into(), |auc| fixed(auc, 3)),
    });
    let seeds = seeds.collect::<Vec<String>>().join(", ");
    let mark = if is_chosen { "★ " } else { "" };
    let mean = tried.mean.map_or(UNKNOWN.into(), |mean| fixed(mean, 3));
    Cell::with(format!("{mark}{mean}"), seeds)
}

/// Validation AUC against the first thing that was tried, one drawing a network and training size.
fn plots(tuned: &TunedResult, arms: &[Tried], palette: &Palette) -> Vec<Plot> {
    let Some(key) = tuned.keys.first() else {
        return Vec::new();
    };
    let mut facets: Vec<(&str, usize)> = Vec::new();
    for (arm, _) in arms {
        let facet = (arm.model.as_str(), arm.train_size);
        if !facets.contains(&facet) {
            facets.push(facet);
        }
    }
    let plot = |facet: &(&str, usize)| {
        let of_facet = |tried: &&Tried| (tried.0.model.as_str(), tried.0.train_size) == *facet;
        let of_facet: Vec<&Tried> = arms.iter().filter(of_facet).collect();
        let (first, _) = of_facet.first()?;
        let title = format!("{}, {}", facet.0, train_size(first));
        let (mut lines, mut dots) = (Vec::new(), Vec::new());
        for (arm, found) in of_facet {
            let best = best_by(*key, found);
            let colour = palette.colour(&arm.setup());
            lines.push(Line {
                colour,
                is_dashed: palette.index(&arm.setup()) == 0,
                points: best.iter().map(|(x, best)| [*x, best.mean]).collect(),
            });
            dots.extend(best.iter().map(|(x, best)| Dot {
                colour,
                place: [*x, best.mean],
                error: Some(best.range),
                label: arm.setup(),
                is_named: found.choice().is_some_and(|choice| key.of(choice) == *x),
            }));
        }
        Plot::new(
            title,
            [scale(*key, arms), Scale::open("validation AUC")],
            lines,
            dots,
        )
    };
    facets.iter().filter_map(plot).collect()
}

/// The axis of a key: ratios, unless a value is 0.
pub fn scale(key: TuneKey, arms: &[Tried]) -> Scale {
    let tried = arms.iter().flat_map(|(_, found)| &found.candidates);
    let mut values = tried.map(|tried| key.of(&tried.candidate));
    match values.all(|value| value > 0.0) {
        true => Scale::logarithmic(&key.to_string()),
        false => Scale::open(&key.to_string()),
    }
}

/// The best of the candidates with one value.
struct Best {
    mean: f64,
    /// Smallest and largest over seeds.
    range: [f64; 2],
}

/// The best candidate at each value of `key`, by value.
fn best_by(key: TuneKey, found: &TuningResult) -> Vec<(f64, Best)> {
    let mut best: Vec<(f64, Best)> = Vec::new();
    for tried in &found.candidates {
        let Some(mean) = tried.mean else {
            continue;
        };
        let value = key.of(&tried.candidate);
        let aucs = || tried.trials.iter().filter_map(|trial| trial.validation_auc);
        let range = [aucs().fold(mean, f64::min), aucs().fold(mean, f64::max)];
        match best.iter_mut().find(|(known, _)| *known == value) {
            Some((_, known)) if known.mean >= mean => {}
            Some((_, known)) => *known = Best { mean, range },
            None => best.push((value, Best { mean, range })),
        }
    }
    best.sort_by(|a, b| a.0.total_cmp(&b.0));
    best
}
