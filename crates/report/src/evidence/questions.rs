//! Every class or finding behind a mean.

use super::cell::{Cell, over_seeds};
use super::comparisons::outcome;
use super::section::{Row, Section, Sheet, arm_row, flagged, of_question};
use super::shown::{shown_arm, shown_run};
use crate::number::{UNKNOWN, fixed};
use crate::palette::Palette;
use record::results::{ArmResult, Results, SeedResult};

/// The section; none before a run is done.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    let names: Vec<&str> = {
        let first = results.arms.iter().find(|arm| !arm.questions.is_empty())?;
        first.questions.iter().map(|q| q.name.as_str()).collect()
    };
    let finished: Vec<&ArmResult> = results
        .arms
        .iter()
        .filter(|a| !a.seeds.is_empty())
        .collect();
    let rare: Vec<&str> = {
        let first = finished.first()?;
        let rare = first.questions.iter().filter(|q| q.is_rare);
        rare.map(|q| q.name.as_str()).collect()
    };
    let mut sheets = Vec::new();
    if names.len() > 1 {
        sheets.push(aucs(results, palette, &finished)?);
        sheets.extend(differences(results));
    }
    sheets.extend(of_one_run(results));
    sheets.push(discrimination(results, palette, &finished, &names));
    let warning = match rare.is_empty() {
        true => String::new(),
        false => format!(
            " Fewer than ten test patients with or without it (⚠): {}. Their intervals and tests cannot be relied on, and a mean over findings that holds them hides that.",
            rare.join(", ")
        ),
    };
    Some(Section {
        id: "questions",
        word: "Discrimination",
        title: "How well are the answers told apart?",
        note: format!(
            "AUCs over seeds with 95% intervals over seeds and patients; the other numbers are means over seeds with the smallest and the largest.{warning}"
        ),
        plots: Vec::new(),
        sheets,
    })
}

fn aucs(results: &Results, palette: &Palette, arms: &[&ArmResult]) -> Option<Sheet> {
    let first = arms.first()?;
    let mut columns = vec!["Test AUC".to_string()];
    let names = first.questions.iter();
    columns.extend(names.map(|q| format!("{} ({})", flagged(&q.name, q.is_rare), q.positives)));
    let rows = arms.iter().map(|arm| {
        let cells = arm.questions.iter().map(|question| match question.auc {
            Some(auc) => Cell::estimate(&auc),
            None => Cell::new(UNKNOWN),
        });
        arm_row(results, palette, arm, cells.collect())
    });
    Some(Sheet {
        caption: "AUC of every question (positive test pictures)".into(),
        is_folded: false,
        columns,
        rows: rows.collect(),
    })
}

/// Comparisons question by question.
fn differences(results: &Results) -> Option<Sheet> {
    if results.question_comparisons.is_empty() {
        return None;
    }
    let count = results.question_comparisons.len();
    let rows = results.question_comparisons.iter().map(|comparison| {
        let difference = comparison.difference;
        Row {
            id: None,
            colour: None,
            name: format!(
                "{}: {} against {}",
                comparison.question.as_deref().unwrap_or_default(),
                comparison.arm,
                comparison.baseline
            ),
            is_marked: false,
            cells: vec![
                Cell::difference(&difference),
                Cell::new(super::cell::p(comparison.p.difference_corrected)),
                Cell::new(super::cell::p(comparison.p.equivalence_corrected)),
                outcome(comparison),
            ],
        }
    });
    Some(Sheet {
        caption: format!(
            "Differences question by question ({count}): a family of their own, open where the headline is decided"
        ),
        is_folded: true,
        columns: [
            "Question",
            "Difference, 95% interval",
            "Corrected p, no difference",
            "Corrected p, not equivalent",
            "Outcome",
        ]
        .map(String::from)
        .into(),
        rows: rows.collect(),
    })
}

/// The run to hand over, with intervals by resampling patients.
fn of_one_run(results: &Results) -> Option<Sheet> {
    let arm = shown_arm(results)?;
    let run = shown_run(arm)?;
    let ranged = |value: Option<f64>, interval: Option<[f64; 2]>| match (value, interval) {
        (Some(value), Some([low, high])) => Cell::interval(value, low, high, 3),
        (Some(value), None) => Cell::with(fixed(value, 3), "no interval"),
        (None, _) => Cell::new(UNKNOWN),
    };
    let rows = run.questions.iter().enumerate().map(|(place, question)| {
        let is_rare = arm.questions.get(place).is_some_and(|q| q.is_rare);
        let mut cells = vec![
            ranged(
                question.auc.map(|a| a.value),
                question.auc.map(|a| [a.low, a.high]),
            ),
            ranged(question.auprc, question.auprc_interval),
            ranged(question.partial_auc, question.partial_auc_interval),
        ];
        let sensitivities = question
            .sensitivities
            .iter()
            .zip(&question.sensitivity_intervals);
        cells.extend(sensitivities.map(|(value, interval)| ranged(*value, *interval)));
        Row {
            id: None,
            colour: None,
            name: flagged(&question.name, is_rare),
            is_marked: false,
            cells,
        }
    });
    Some(Sheet {
        caption: format!(
            "{}, seed {}, the run with the highest validation AUC: 95% intervals over patients",
            arm.label, run.seed
        ),
        is_folded: run.questions.len() > 1,
        columns: columns(results, "Question"),
        rows: rows.collect(),
    })
}

fn columns(results: &Results, of_rows: &str) -> Vec<String> {
    let mut columns: Vec<String> = [of_rows, "AUC", "AUPRC", "Partial AUC, specificity ≥ 0.9"]
        .map(String::from)
        .into();
    columns.extend(
        results
            .specificities
            .iter()
            .map(|specificity| format!("Sensitivity at specificity {}", fixed(*specificity, 2))),
    );
    columns
}

/// Numbers of every question and arm.
fn discrimination(
    results: &Results,
    palette: &Palette,
    arms: &[&ArmResult],
    names: &[&str],
) -> Sheet {
    let places = (0..names.len()).flat_map(|place| arms.iter().map(move |arm| (place, *arm)));
    let rows = places.map(|(place, arm)| {
        let question = |seed: &SeedResult| seed.questions.get(place).cloned();
        let mean =
            |value: &dyn Fn(&SeedResult) -> Option<f64>| over_seeds(arm.seeds.iter().map(value), 3);
        let auc = arm.questions.get(place).and_then(|question| question.auc);
        let mut cells = vec![
            auc.map_or(Cell::new(UNKNOWN), |a| Cell::estimate(&a)),
            mean(&|seed| question(seed)?.auprc),
            mean(&|seed| question(seed)?.partial_auc),
        ];
        for at in 0..results.specificities.len() {
            cells.push(mean(&|seed| *question(seed)?.sensitivities.get(at)?));
        }
        of_question(arm_row(results, palette, arm, cells), arm, place)
    });
    Sheet {
        caption: match names {
            [name] => (*name).into(),
            _ => "AUPRC, partial AUC and sensitivity of every question".into(),
        },
        is_folded: names.len() > 1,
        columns: columns(results, "Arm"),
        rows: rows.collect(),
    }
}
