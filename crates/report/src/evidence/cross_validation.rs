//! Cross-validation: the networks that were trained, the way of training, and what varies.

use record::results::{CrossValidatedArm, CrossValidation, Estimate, ResampledResult, Results};

use super::cell::{Cell, p};
use super::section::{Row, Section, Sheet, arm_row, columns};
use crate::number::{UNKNOWN, fixed, signed};
use crate::palette::Palette;

/// What the reader has to know.
const NOTE: &str = "Every patient is a test patient once a repeat, of networks that were trained without them. Two questions are told apart. “These networks”: how good are the networks that were trained, on other patients? “This way of training”: how good is it on another training set of this size, too? The verdict and all outcomes answer the second; its interval is the first's, widened for training sets that overlap by half of Nadeau and Bengio's correction, which in simulation held its error where the narrower one did not. “By folds alone” takes nothing but the spread of the folds, with all of that correction. Of a difference, “this way of training” is the wider of these two, and outcomes rest on it: folds that disagree leave it open. Scores of different networks are never put in one order: an AUC is a mean over folds. Operating points and calibration stay those of single runs.";

/// The section; none for a study of one split.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    let found = results.cross_validation.as_ref()?;
    let sheets = [
        Some(scores(results, palette, found)),
        differences(results, found),
        Some(by_fold(results, palette, found)),
    ];
    Some(Section {
        id: "cross-validation",
        word: "Folds",
        title: "What do the folds say?",
        note: format!("{} {NOTE}", counted(found)),
        plots: Vec::new(),
        sheets: sheets.into_iter().flatten().collect(),
    })
}

fn counted(found: &CrossValidation) -> String {
    match found.repeats {
        1 => format!("{} folds.", found.folds),
        repeats => format!("{} folds, divided anew {repeats} times.", found.folds),
    }
}

fn auc(auc: Option<Estimate>) -> Cell {
    match auc {
        Some(auc) => Cell::estimate(&auc),
        None => Cell::new(UNKNOWN),
    }
}

fn difference(value: f64, low: f64, high: f64) -> Cell {
    let [value, low, high] = [value, low, high].map(signed);
    Cell::with(value, format!("{low} to {high}"))
}

fn rows<'a>(
    results: &Results,
    palette: &Palette,
    found: &'a CrossValidation,
    cells: impl Fn(&'a CrossValidatedArm, Option<Estimate>) -> Vec<Cell>,
) -> Vec<Row> {
    let known = found.arms.iter().filter_map(|arm| {
        let whole = results.arms.iter().find(|other| other.label == arm.label)?;
        let cells = cells(arm, whole.auc);
        Some(arm_row(results, palette, whole, cells))
    });
    known.collect()
}

fn scores(results: &Results, palette: &Palette, found: &CrossValidation) -> Sheet {
    let deviation = |value: Option<f64>| Cell::new(value.map_or(UNKNOWN.into(), |v| fixed(v, 3)));
    let cells = |arm: &CrossValidatedArm, procedure: Option<Estimate>| {
        vec![
            auc(procedure),
            auc(arm.networks),
            match arm.resampled {
                Some(ResampledResult {
                    value, low, high, ..
                }) => Cell::interval(value, low, high, 3),
                None => Cell::new(UNKNOWN),
            },
            deviation(arm.fold_sd),
            deviation(arm.seed_sd),
            deviation(arm.rest_sd),
        ]
    };
    Sheet {
        caption: "AUC with 95% intervals, and its standard deviation by fold, by seed and by neither alone".into(),
        is_folded: false,
        columns: columns([
            "Arm",
            "This way of training",
            "These networks",
            "By folds alone",
            "By fold",
            "By seed",
            "Rest",
        ]),
        rows: rows(results, palette, found, cells),
    }
}

fn differences(results: &Results, found: &CrossValidation) -> Option<Sheet> {
    let rows = found.comparisons.iter().map(|compared| {
        let mut all = results.comparisons.iter();
        let whole = all.find(|c| (&c.arm, &c.baseline) == (&compared.arm, &compared.baseline));
        let networks = compared.networks;
        Row {
            id: None,
            colour: None,
            name: format!("{} against {}", compared.arm, compared.baseline),
            is_marked: false,
            cells: vec![
                match whole.map(|whole| whole.difference) {
                    Some(d) => Cell::difference(&d),
                    None => Cell::new(UNKNOWN),
                },
                Cell::difference(&networks),
                match compared.resampled {
                    Some(d) => difference(d.value, d.low, d.high),
                    None => Cell::new(UNKNOWN),
                },
                Cell::new(p(compared.resampled.and_then(|d| d.p))),
                Cell::new(format!(
                    "{} of {}",
                    compared.folds.iter().filter(|d| **d > 0.0).count(),
                    compared.folds.len()
                )),
            ],
        }
    });
    (!found.comparisons.is_empty()).then(|| Sheet {
        caption: "Differences of AUC with 95% intervals, uncorrected".into(),
        is_folded: false,
        columns: columns([
            "Arm against",
            "This way of training",
            "These networks",
            "By folds alone",
            "p of the folds",
            "Folds in which it is higher",
        ]),
        rows: rows.collect(),
    })
}

fn by_fold(results: &Results, palette: &Palette, found: &CrossValidation) -> Sheet {
    let mut names = vec!["Arm".to_string()];
    let folds = found.arms.first().map_or(&[][..], |arm| &arm.folds);
    names.extend(folds.iter().map(|of| of.fold.to_string()));
    let cells = |arm: &CrossValidatedArm, _| {
        let folds = arm.folds.iter();
        let aucs =
            folds.map(|of| super::cell::over_seeds(of.seeds.iter().map(|auc| Some(*auc)), 3));
        aucs.collect()
    };
    Sheet {
        caption: "AUC of every fold: mean over seeds, with the smallest and the largest".into(),
        is_folded: true,
        columns: names,
        rows: rows(results, palette, found, cells),
    }
}
