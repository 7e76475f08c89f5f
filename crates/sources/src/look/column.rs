//! A column of a table, by what its cells and its name say.

use std::collections::BTreeMap;

use images::Partition;

use crate::table::{Finding, Sheet, finding};

/// Different cells that are counted one by one.
const COUNTED: usize = 2000;

/// A column of a table.
pub(super) struct Column<'s> {
    pub(super) name: &'s str,
    /// Cell ─▶ rows, for the first [`COUNTED`] different cells.
    pub(super) cells: BTreeMap<&'s str, usize>,
    /// Rows with an empty cell.
    pub(super) blank: usize,
}

/// Whether a word is part of a name.
fn says(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}

impl<'s> Column<'s> {
    pub(super) fn of(sheet: &'s Sheet, place: usize) -> Self {
        let mut cells = BTreeMap::new();
        let mut blank = 0;
        for row in 0..sheet.rows.len() {
            match sheet.cell(row, place) {
                "" => blank += 1,
                cell if cells.len() < COUNTED || cells.contains_key(cell) => {
                    *cells.entry(cell).or_insert(0) += 1
                }
                _ => {}
            }
        }
        Self {
            name: &sheet.columns[place],
            cells,
            blank,
        }
    }

    pub(super) fn is_patient(&self) -> bool {
        let words = [
            "patient",
            "subject",
            "person",
            "lesion",
            "participant",
            "mrn",
        ];
        let is_about = says(
            self.name,
            &[
                "age",
                "sex",
                "gender",
                "birth",
                "name",
                "weight",
                "size",
                "orientation",
            ],
        );
        (says(self.name, &words)
            || self.name.eq_ignore_ascii_case("pid")
            || self.name.eq_ignore_ascii_case("case_id"))
            && !is_about
    }

    /// Whether its cells repeat as those of a patient do: many, each seldom.
    pub(super) fn may_group(&self, rows: usize) -> bool {
        let distinct = self.cells.len();
        self.blank == 0
            && (10..COUNTED).contains(&distinct)
            && 3 * distinct <= 2 * rows
            && rows <= 20 * distinct
    }

    /// Every cell is a part of a split, and there are two at least.
    pub(super) fn is_split(&self) -> bool {
        self.blank == 0
            && self.cells.len() > 1
            && self
                .cells
                .keys()
                .all(|cell| Partition::parse(cell).is_some())
    }

    /// What else is usually known of a picture.
    pub(super) fn attribute(&self) -> Option<&'static str> {
        let known: [(&str, &[&str]); 9] = [
            ("sex", &["sex", "gender"]),
            ("age", &["age"]),
            ("view", &["view", "projection", "ap/pa", "frontal"]),
            ("laterality", &["laterality", "eye", "side"]),
            (
                "site",
                &[
                    "site",
                    "hospital",
                    "center",
                    "centre",
                    "institution",
                    "localization",
                ],
            ),
            (
                "scanner",
                &["scanner", "manufacturer", "device", "camera", "vendor"],
            ),
            ("ethnicity", &["ethnic", "race"]),
            ("year", &["year"]),
            ("modality", &["modality"]),
        ];
        let name = self.name.to_lowercase();
        let parts: Vec<&str> = name
            .split(|c: char| !c.is_alphanumeric() && c != '/')
            .collect();
        let is_named = |words: &&[&str]| {
            words.iter().any(|word| {
                parts
                    .iter()
                    .any(|part| part == word || (word.len() > 4 && part.contains(word)))
            })
        };
        known
            .iter()
            .find(|(_, words)| is_named(words))
            .map(|(name, _)| *name)
    }

    pub(super) fn sounds_like_a_label(&self) -> bool {
        says(
            self.name,
            &[
                "label",
                "class",
                "diagnos",
                "dx",
                "grade",
                "level",
                "target",
                "categor",
                "finding",
                "disease",
                "patholog",
                "outcome",
                "malignan",
                "severity",
                "stage",
                "befund",
                "diagnose",
                "pneumonia",
                "cancer",
            ],
        )
    }

    /// Every cell says present, absent, uncertain or nothing, and some say present.
    pub(super) fn is_finding(&self) -> bool {
        let mut kinds = self.cells.keys().map(|cell| finding(cell));
        let is_present = self
            .cells
            .keys()
            .any(|cell| finding(cell) == Some(Finding::Present));
        is_present && kinds.all(|kind| kind.is_some())
    }

    /// Whether its cells repeat as those of a class do.
    pub(super) fn is_class(&self, rows: usize) -> bool {
        (2..=20).contains(&self.cells.len()) && self.cells.len() * 3 <= rows.max(6)
    }
}
