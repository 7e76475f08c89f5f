//! What was looked at, and what was found.

use std::collections::BTreeMap;

use serde::Serialize;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What a study needs.
    pub need: &'static str,
    /// What was seen, in words.
    pub seen: String,
    /// The same in numbers, by names that end in their unit.
    pub figures: BTreeMap<&'static str, f64>,
    /// What is wrong, what it would mean for a study and what to do; none where all is fine.
    pub finding: Option<String>,
}

impl Check {
    pub(super) fn fine(need: &'static str, seen: impl Into<String>) -> Self {
        Self {
            need,
            seen: seen.into(),
            figures: BTreeMap::new(),
            finding: None,
        }
    }

    pub(super) fn figure(mut self, name: &'static str, value: f64) -> Self {
        self.figures.insert(name, value);
        self
    }

    /// Finds fault with it where `is_fine` is false.
    pub(super) fn unless(mut self, is_fine: bool, finding: &str) -> Self {
        if !is_fine {
            self.finding = Some(finding.into());
        }
        self
    }
}
