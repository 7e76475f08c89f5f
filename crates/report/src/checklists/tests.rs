//! Checklists against the guidelines' numbers, the page and the keys of `[reporting]`.

use std::collections::BTreeSet;

use record::{ChecklistAnswer, Checklists};
use study::Reporting;

use super::ask::{Ask, Row};
use super::{checklists, claim, csv, stard, tripod};
use crate::tests::{illustrations, results};
use crate::{Illustrations, html};

fn all_rows() -> impl Iterator<Item = &'static Row> {
    [claim::ROWS, tripod::ROWS, stard::ROWS]
        .into_iter()
        .flatten()
}

fn filled(reporting: Reporting) -> Checklists {
    let mut results = results("a study");
    results.reporting = reporting;
    checklists(&results, &[], &[])
}

/// Every key with a text of its own.
fn all_told() -> Reporting {
    let keys = Reporting::KEYS.iter();
    let texts = keys.map(|(key, _)| ((*key).to_owned(), format!("Own words on {key}.").into()));
    let texts: serde_json::Map<String, serde_json::Value> = texts.collect();
    serde_json::from_value(texts.into()).expect("a section of texts")
}

#[test]
fn items_are_those_of_the_guidelines() {
    let numbers = |rows: &[Row]| rows.iter().map(|row| row.number).collect::<Vec<_>>();
    let claim: Vec<String> = (1..=44).map(|number| number.to_string()).collect();
    assert_eq!(numbers(claim::ROWS), claim);
    for (rows, items, parts) in [(tripod::ROWS, 27, 52), (stard::ROWS, 40, 48)] {
        assert_eq!(rows.len(), parts);
        let whole = numbers(rows).into_iter().map(|number| {
            let digits = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
            digits.parse::<usize>().expect("a number")
        });
        assert_eq!(whole.collect::<BTreeSet<_>>(), (1..=items).collect());
    }
}

#[test]
fn keys_are_known_and_each_is_asked_for() {
    let asked: BTreeSet<&str> = all_rows()
        .flat_map(|row| row.asks)
        .filter_map(|ask| match ask {
            Ask::Own(key) => Some(*key),
            _ => None,
        })
        .collect();
    // The citation has these.
    let cited = ["authors", "year", "doi", "contact"];
    let known: BTreeSet<&str> = Reporting::KEYS.iter().map(|(key, _)| *key).collect();
    assert_eq!(
        asked.union(&cited.into()).copied().collect::<BTreeSet<_>>(),
        known
    );
}

#[test]
fn own_words_answer_what_was_not_reported() {
    let (silent, told) = (filled(Reporting::default()), filled(all_told()));
    for (before, after) in silent.guidelines.iter().zip(&told.guidelines) {
        let [answered, open, apart] = before.counts();
        assert_eq!(answered + open + apart, before.items.len());
        assert!(open > 5, "{}: {open}", before.name);
        for (before, after) in before.items.iter().zip(&after.items) {
            match (&before.answer, &after.answer) {
                (ChecklistAnswer::NotReported { keys }, ChecklistAnswer::NotReported { .. }) => {
                    assert!(keys.is_empty(), "{} {}", after.number, after.topic);
                }
                (ChecklistAnswer::NotReported { keys }, ChecklistAnswer::Answered { own, .. }) => {
                    assert!(
                        keys.iter()
                            .all(|key| own.contains(&format!("Own words on {key}.")))
                    );
                }
                (ChecklistAnswer::NotApplicable { reason }, _) => assert!(!reason.is_empty()),
                _ => {}
            }
        }
    }
}

#[test]
fn answers_lead_to_sections_that_are_there() {
    for empty in [false, true] {
        let results = match empty {
            false => results("a study"),
            true => crate::tests::empty(),
        };
        let pictures = match empty {
            false => illustrations("a study"),
            true => Illustrations::default(),
        };
        let page = html(&results, &[], &pictures, &[]).expect("a page");
        for guideline in checklists(&results, &[], &[]).guidelines {
            for item in guideline.items {
                let ChecklistAnswer::Answered { sections, .. } = item.answer else {
                    continue;
                };
                for id in sections {
                    assert!(
                        page.contains(&format!("id=\"{id}\"")),
                        "{}: {id}",
                        item.number
                    );
                }
            }
        }
    }
}

#[test]
fn cells_of_the_table_are_no_formulas() {
    let mut reporting = all_told();
    reporting.funding = Some("=HYPERLINK(\"http://x\",\"y\")\nand, more".to_owned());
    let table = csv(&filled(reporting));
    assert!(table.contains("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\nand, more\""));
    let rows = table.matches("\r\n").count();
    assert_eq!(rows, 1 + 44 + 52 + 48);
}
