//! Which column holds the label, and how.

use images::Task;

use super::column::Column;
use super::looked::{Looked, list, quoted};
use crate::table::{Finding, Sheet, finding};

/// Words for a list that names no finding.
const NOTHING: [&str; 5] = ["no finding", "normal", "none", "healthy", "no findings"];

/// Adds the keys of the label among `columns`, those that are nothing else.
pub(super) fn add(looked: &mut Looked, sheet: &Sheet, columns: &[&Column]) {
    let rows = sheet.rows.len();
    let findings: Vec<&&Column> = columns
        .iter()
        .filter(|column| column.is_finding())
        .collect();
    if findings.len() > 1 {
        return add_findings(looked, sheet, &findings);
    }
    let mut candidates: Vec<&&Column> = columns
        .iter()
        .filter(|c| c.is_class(rows) || is_list(c).is_some())
        .collect();
    candidates.sort_by_key(|column| !column.sounds_like_a_label());
    // One column of yes and no that also holds other words for them, or nothing, is a finding.
    if let ([finding], Some(first)) = (&findings[..], candidates.first())
        && first.name == finding.name
        && (finding.cells.len() > 2 || finding.blank > 0)
    {
        return add_findings(looked, sheet, &findings);
    }
    let Some(chosen) = candidates.first() else {
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        looked.open.push(format!(
            "no column looks like a label; name it as label, one of {}",
            names.join(", ")
        ));
        return;
    };
    if candidates.len() > 1
        && (!chosen.sounds_like_a_label() || candidates[1].sounds_like_a_label())
    {
        let others: Vec<&str> = candidates[1..].iter().map(|column| column.name).collect();
        looked.open.push(format!(
            "the label is taken to be `{}`; it could be {}",
            chosen.name,
            others.join(", ")
        ));
    }
    let values: Vec<&str> = chosen.cells.keys().copied().collect();
    looked.key(
        "label",
        quoted(chosen.name),
        format!(
            "{} values: {}",
            values.len(),
            crate::refusal::listed(&values, 6)
        ),
    );
    if let Some(separator) = is_list(chosen) {
        looked.task = Task::Multilabel;
        looked.key(
            "separator",
            quoted(separator),
            "cells are lists of findings",
        );
        if let Some(nothing) = values
            .iter()
            .find(|value| NOTHING.contains(&value.to_lowercase().as_str()))
        {
            looked.key("nothing", quoted(nothing), "names no finding");
        }
        if chosen.blank > 0 {
            looked.key(
                "blank",
                quoted("skip"),
                format!("{} cells are blank", chosen.blank),
            );
        }
        return;
    }
    let are_numbers = values.iter().all(|value| value.parse::<u64>().is_ok());
    let is_grade = ["grade", "level", "severity", "stage"]
        .iter()
        .any(|word| chosen.name.to_lowercase().contains(word));
    if are_numbers && is_grade && values.len() > 2 {
        looked.task = Task::Ordinal;
    }
    if chosen.blank > 0 {
        looked.key(
            "blank",
            quoted("skip"),
            format!("{} rows have no label and are left out", chosen.blank),
        );
    }
}

/// Several columns of yes and no: classes where every row has one yes, findings otherwise.
fn add_findings(looked: &mut Looked, sheet: &Sheet, columns: &[&&Column]) {
    let varied: Vec<&str> = columns
        .iter()
        .filter(|column| {
            column
                .cells
                .keys()
                .any(|cell| finding(cell) != Some(Finding::Present))
                || column.blank > 0
        })
        .map(|column| column.name)
        .collect();
    let places: Vec<usize> = varied
        .iter()
        .filter_map(|name| sheet.columns.iter().position(|column| column == name))
        .collect();
    let present = |row: usize| {
        places
            .iter()
            .filter(|place| finding(sheet.cell(row, **place)) == Some(Finding::Present))
            .count()
    };
    let is_one_hot = (0..sheet.rows.len()).all(|row| present(row) == 1);
    if is_one_hot {
        looked.key(
            "label",
            list(&varied),
            "one column a class: every row has one yes",
        );
        return;
    }
    looked.task = Task::Multilabel;
    looked.key(
        "label",
        list(&varied),
        "one column a finding; leave out what is no question of yours",
    );
    let uncertain: usize = columns
        .iter()
        .flat_map(|column| &column.cells)
        .filter(|(cell, _)| finding(cell) == Some(Finding::Uncertain))
        .map(|(_, count)| count)
        .sum();
    if uncertain > 0 {
        looked.key(
            "uncertain",
            quoted("missing"),
            format!("{uncertain} cells are -1; zeros, ones or one a finding are other policies"),
        );
        looked
            .open
            .push("what -1 (uncertain) means: uncertain = missing leaves such cells out".into());
    }
    let is_blank = |cell: &str| finding(cell) == Some(Finding::Blank);
    let words: usize = columns
        .iter()
        .flat_map(|column| &column.cells)
        .filter(|(cell, _)| is_blank(cell))
        .map(|(_, count)| count)
        .sum();
    let blank: usize = words + columns.iter().map(|column| column.blank).sum::<usize>();
    if blank > 0 {
        looked.key(
            "blank",
            quoted("missing"),
            format!("{blank} cells are blank; zeros if blank means absent"),
        );
        looked.open.push("what a blank finding means: blank = missing leaves such cells out, zeros reads them as absent".into());
    }
}

/// The separator of a column whose cells are lists: one whose parts occur in other cells.
fn is_list(column: &Column) -> Option<&'static str> {
    ["|", ";", ","].into_iter().find(|separator| {
        let parts = |cell: &str| -> Vec<String> {
            cell.split(separator)
                .map(|part| part.trim().to_owned())
                .collect()
        };
        let several: Vec<&&str> = column
            .cells
            .keys()
            .filter(|cell| cell.contains(separator))
            .collect();
        let known = |part: &String, own: &str| {
            column
                .cells
                .keys()
                .any(|cell| *cell != own && parts(cell).contains(part))
        };
        !several.is_empty()
            && several.len() * 50 >= column.cells.len()
            && several
                .iter()
                .take(50)
                .any(|cell| parts(cell).iter().any(|part| known(part, cell)))
    })
}
