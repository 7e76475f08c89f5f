//! Operating points: chosen on the validation partition, reported on the test partition.

use super::cell::{Cell, over_seeds};
use super::section::{Row, Section, Sheet, arm_row, columns, flagged, of_question};
use super::shown::{shown_arm, shown_run};
use crate::number::{fixed, percent};
use crate::palette::Palette;
use record::results::{OperatingResult, Results, SeedResult};

/// The section; none where no run has a threshold.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    let arm = shown_arm(results)?;
    let run = shown_run(arm)?;
    let is_rare = |place: usize| arm.questions.get(place).is_some_and(|q| q.is_rare);
    let questions = run.questions.iter().enumerate();
    let points: Vec<(String, &OperatingResult)> = questions
        .clone()
        .filter_map(|(place, q)| Some((flagged(&q.name, is_rare(place)), q.operating.as_ref()?)))
        .collect();
    let rule = &points.first()?.1.rule;
    let without: Vec<&str> = questions
        .filter(|(_, question)| question.operating.is_none())
        .map(|(_, question)| question.name.as_str())
        .collect();
    let missing = match without.is_empty() {
        true => String::new(),
        false => format!(
            " No threshold could be chosen for {}: the validation partition lacks one of the answers.",
            without.join(", ")
        ),
    };
    let counted = points.iter().map(|(name, point)| {
        let [tp, fn_, fp, tn] = point.counts;
        let cells = vec![
            Cell::new(fixed(point.threshold, 3)),
            Cell::new(format!("{tp} / {fn_} / {fp} / {tn}")),
            Cell::proportion(point.sensitivity, 3),
            Cell::proportion(point.specificity, 3),
            Cell::proportion(point.ppv, 3),
            Cell::proportion(point.npv, 3),
            Cell::ratio(point.lr_positive),
            Cell::ratio(point.lr_negative),
        ];
        plain(name, cells)
    });
    let mut sheets = vec![Sheet {
        caption: format!(
            "{}, seed {}: the run with the highest validation AUC",
            arm.label, run.seed
        ),
        is_folded: false,
        columns: columns([
            "Question",
            "Threshold",
            "TP / FN / FP / TN",
            "Sensitivity",
            "Specificity",
            "PPV",
            "NPV",
            "LR+",
            "LR−",
        ]),
        rows: counted.collect(),
    }];
    sheets.extend(elsewhere(&points));
    sheets.push(over_arms(results, palette));
    Some(Section {
        id: "operating",
        word: "Operating points",
        title: "One threshold",
        note: format!(
            "Thresholds are chosen on the validation partition ({rule}) and reported on the test partition. Proportions have Wilson's 95% intervals, with the effective number of pictures where patients have several; likelihood ratios have log intervals (Simel 1991). Predictive values hold at the prevalence named, and at no other.{missing}"
        ),
        plots: Vec::new(),
        sheets,
    })
}

fn plain(name: &str, cells: Vec<Cell>) -> Row {
    Row {
        id: None,
        colour: None,
        name: name.into(),
        is_marked: false,
        cells,
    }
}

/// Predictive values at other prevalences.
fn elsewhere(points: &[(String, &OperatingResult)]) -> Option<Sheet> {
    let rows: Vec<Row> = points
        .iter()
        .flat_map(|(name, point)| {
            point.elsewhere.iter().map(|values| {
                let share = percent((values.prevalence * 1000.0).round() as usize, 1000);
                plain(
                    name,
                    vec![
                        Cell::new(share.unwrap_or_default()),
                        Cell::proportion(values.ppv, 3),
                        Cell::proportion(values.npv, 3),
                    ],
                )
            })
        })
        .collect();
    (!rows.is_empty()).then(|| Sheet {
        caption: "Predictive values where the answer is more or less common".into(),
        is_folded: false,
        columns: columns(["Question", "Prevalence", "PPV", "NPV"]),
        rows,
    })
}

/// Sensitivity and specificity of every arm, question by question.
fn over_arms(results: &Results, palette: &Palette) -> Sheet {
    let arms = results.arms.iter().filter(|arm| !arm.seeds.is_empty());
    let rows = arms.flat_map(|arm| {
        (0..arm.questions.len()).map(move |place| {
            let point = |seed: &SeedResult| seed.questions.get(place)?.operating.clone();
            let mean = |value: &dyn Fn(OperatingResult) -> Option<f64>| {
                over_seeds(arm.seeds.iter().map(|seed| value(point(seed)?)), 3)
            };
            let row = arm_row(
                results,
                palette,
                arm,
                vec![
                    mean(&|p| Some(p.threshold)),
                    mean(&|p| Some(p.sensitivity?.value)),
                    mean(&|p| Some(p.specificity?.value)),
                    mean(&|p| Some(p.ppv?.value)),
                    mean(&|p| Some(p.npv?.value)),
                ],
            );
            of_question(row, arm, place)
        })
    });
    Sheet {
        caption: "Every arm: mean over seeds, smallest and largest".into(),
        is_folded: true,
        columns: columns([
            "Arm",
            "Threshold",
            "Sensitivity",
            "Specificity",
            "PPV",
            "NPV",
        ]),
        rows: rows.collect(),
    }
}
