//! `checklist.json`: what guidelines ask of a report, and where this one answers.

use serde::{Deserialize, Serialize};

/// All guidelines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklists {
    /// One a guideline.
    pub guidelines: Vec<Checklist>,
}

/// One guideline, filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// Its short name, such as `CLAIM 2024`.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// Where it is published.
    pub source: String,
    /// What its numbers were checked against.
    pub numbering: String,
    /// Its items, in their order.
    pub items: Vec<ChecklistItem>,
}

/// One item, in our words, and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// Its number, such as `12c`.
    pub number: String,
    /// What it asks, in few words that are not the guideline's.
    pub topic: String,
    /// The answer.
    #[serde(flatten)]
    pub answer: ChecklistAnswer,
}

/// What is said to an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "status")]
pub enum ChecklistAnswer {
    /// The page answers.
    Answered {
        /// The answer by the record, where a sentence can hold it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The team's own words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        own: Vec<String>,
        /// Sections of the page that show more, by their anchors.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sections: Vec<String>,
    },
    /// Nothing on the page answers.
    NotReported {
        /// Keys of `[reporting]` that would; none where the study is no study of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
    },
    /// It does not concern this study.
    NotApplicable {
        /// Why.
        reason: String,
    },
}

impl Checklist {
    /// Items that are answered, not reported and not applicable.
    pub fn counts(&self) -> [usize; 3] {
        let count = |place: usize| {
            let items = self.items.iter();
            items.filter(|item| item.answer.place() == place).count()
        };
        [0, 1, 2].map(count)
    }
}

impl ChecklistAnswer {
    fn place(&self) -> usize {
        match self {
            Self::Answered { .. } => 0,
            Self::NotReported { .. } => 1,
            Self::NotApplicable { .. } => 2,
        }
    }

    /// `answered`, `not reported` or `not applicable`.
    pub fn word(&self) -> &'static str {
        ["answered", "not reported", "not applicable"][self.place()]
    }
}
