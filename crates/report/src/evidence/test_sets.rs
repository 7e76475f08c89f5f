//! Named test sets: other sites, scanners, years.

use record::results::{Results, TestSetResult};

use super::cell::Cell;
use super::comparisons::outcome;
use super::section::{Row, Section, Sheet, arm_row, columns};
use crate::number::{UNKNOWN, signed};
use crate::palette::Palette;

/// The section; none where the study names no test set.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    if results.test_sets.is_empty() {
        return None;
    }
    let sheets = results.test_sets.iter();
    Some(Section {
        id: "test-sets",
        word: "Test sets",
        title: "Other test sets",
        note: "The same trained networks on pictures that they were neither trained nor chosen on, set by set. The verdict speaks of the study's own test part; nothing was chosen by these. Outcomes are part of the one family of all that this page concludes.".into(),
        plots: Vec::new(),
        sheets: sheets.flat_map(|set| [scores(results, palette, set), differences(results, palette, set)]).flatten().collect(),
    })
}

/// Every arm on one set, beside its score on the study's own test part.
fn scores(results: &Results, palette: &Palette, set: &TestSetResult) -> Option<Sheet> {
    let patients = set
        .patients
        .map_or(String::new(), |patients| format!(" of {patients} patients"));
    let rows = set.arms.iter().filter_map(|there| {
        let arm = results.arms.iter().find(|arm| arm.label == there.label)?;
        let auc = |auc: Option<record::results::Estimate>| match auc {
            Some(auc) => Cell::estimate(&auc),
            None => Cell::new(UNKNOWN),
        };
        let fall = match (there.auc, arm.auc) {
            (Some(there), Some(here)) => Cell::new(signed(there.value - here.value)),
            _ => Cell::new(UNKNOWN),
        };
        Some(arm_row(
            results,
            palette,
            arm,
            vec![auc(there.auc), auc(arm.auc), fall],
        ))
    });
    Some(Sheet {
        caption: format!("{}: {} pictures{patients}", set.name, set.images),
        is_folded: false,
        columns: columns([
            "Arm",
            "AUC here, 95% interval",
            "AUC on the test part",
            "Change of the mean",
        ]),
        rows: rows.collect(),
    })
}

fn differences(results: &Results, palette: &Palette, set: &TestSetResult) -> Option<Sheet> {
    let rows = set.comparisons.iter().map(|comparison| {
        let arm = results.arms.iter().find(|arm| arm.label == comparison.arm);
        let difference = comparison.difference;
        Row {
            id: None,
            colour: arm.map(|arm| palette.colour(&arm.setup())),
            name: format!("{} against {}", comparison.arm, comparison.baseline),
            is_marked: false,
            cells: vec![Cell::difference(&difference), outcome(comparison)],
        }
    });
    (!set.comparisons.is_empty()).then(|| Sheet {
        caption: format!("{}: comparisons", set.name),
        is_folded: false,
        columns: columns(["Arm against", "Difference, 95% interval", "Outcome"]),
        rows: rows.collect(),
    })
}
