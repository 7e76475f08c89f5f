//! What every arm tried before its runs, and what it chose.

use super::cell::Cell;
use super::section::{Section, Sheet, arm_row};
use crate::facet::{self, facet};
use crate::number::{UNKNOWN, count, fixed};
use crate::palette::Palette;
use figures::{Axis, Figure, Form, Point, Series};
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
            "Before its runs every arm tried the same candidates with the same {}, which no run has. Chosen is the candidate with the highest mean of the best validation AUC; of equal ones the one with the fewest steps, then the lowest rate, then the least decay. The test pictures had no part in it. Markers: means, with the smallest and largest of the seeds; where several things were tried, the best of what stands above one value.{}",
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
fn plots(tuned: &TunedResult, arms: &[Tried], palette: &Palette) -> Vec<Figure> {
    let Some(key) = tuned.keys.first() else {
        return Vec::new();
    };
    let mut facets: Vec<Vec<&Tried>> = Vec::new();
    for tried in arms {
        let is_of = |known: &&mut Vec<&Tried>| facet(known[0].0) == facet(tried.0);
        match facets.iter_mut().find(is_of) {
            Some(known) => known.push(tried),
            None => facets.push(vec![tried]),
        }
    }
    let numbered = facets.iter().enumerate();
    let all = numbered.filter_map(|(number, tried)| {
        let lines = tried.iter().map(|tried| line(*key, tried, palette));
        Figure::new(
            &format!("tuning-{}", number + 1),
            facet::title(tried[0].0),
            format!("Best validation AUC of the trials by {key}; rings: what each arm chose."),
            [axis(*key, arms), Axis::straight("validation AUC").digits(3)],
        )
        .with_all(lines)
        .drawable()
    });
    all.collect()
}

fn line(key: TuneKey, (arm, found): &Tried, palette: &Palette) -> Series {
    let points = best_by(key, found).into_iter().map(|(x, best)| {
        let is_chosen = found.choice().is_some_and(|choice| key.of(choice) == x);
        let point = Point::new(x, best.mean)
            .between(Some(best.range))
            .marked(is_chosen);
        match is_chosen {
            true => point.noting("chosen"),
            false => point,
        }
    });
    let forms = [Form::Line, Form::Intervals, Form::Dots];
    Series::new(arm.setup(), palette.look(&arm.setup()), forms, points)
}

/// The axis of a key: ratios, unless a value is 0.
pub fn axis(key: TuneKey, arms: &[Tried]) -> Axis {
    let tried = arms.iter().flat_map(|(_, found)| &found.candidates);
    let mut values = tried.map(|tried| key.of(&tried.candidate));
    match values.all(|value| value > 0.0) {
        true => Axis::logarithmic(key.to_string()),
        false => Axis::straight(key.to_string()),
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
