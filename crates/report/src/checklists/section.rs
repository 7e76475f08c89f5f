//! The checklists as a section of the page.

use record::{Checklist, ChecklistAnswer, ChecklistItem, Checklists};

/// One guideline, ready for the template.
pub struct ChecklistSection {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// Where it is published.
    pub source: String,
    /// What its numbers were checked against.
    pub numbering: String,
    /// `31 of 44 answered, 9 not reported, 4 not applicable`.
    pub counts: String,
    /// Its items.
    pub items: Vec<ItemRow>,
}

/// One item.
pub struct ItemRow {
    /// Its number.
    pub number: String,
    /// What it asks.
    pub topic: String,
    /// `answered`, `not reported` or `not applicable`.
    pub status: &'static str,
    /// Class of the badge.
    pub class: &'static str,
    /// The answer by the record, or the reason.
    pub text: Option<String>,
    /// The team's words.
    pub own: Vec<String>,
    /// Anchors of sections with their words.
    pub links: Vec<(String, String)>,
    /// Keys of `[reporting]` that would answer.
    pub keys: Vec<String>,
}

impl ChecklistSection {
    /// All guidelines.
    pub fn all(filled: Checklists) -> Vec<Self> {
        filled.guidelines.into_iter().map(Self::new).collect()
    }

    fn new(checklist: Checklist) -> Self {
        let [answered, open, apart] = checklist.counts();
        let mut counts = format!("{answered} of {} answered", checklist.items.len());
        if open > 0 {
            counts.push_str(&format!(", {open} not reported"));
        }
        if apart > 0 {
            counts.push_str(&format!(", {apart} not applicable"));
        }
        Self {
            name: checklist.name,
            about: checklist.about,
            source: checklist.source,
            numbering: checklist.numbering,
            counts,
            items: checklist.items.into_iter().map(ItemRow::new).collect(),
        }
    }
}

impl ItemRow {
    fn new(item: ChecklistItem) -> Self {
        let status = item.answer.word();
        let (text, own, sections, keys) = match item.answer {
            ChecklistAnswer::Answered {
                text,
                own,
                sections,
            } => (text, own, sections, Vec::new()),
            ChecklistAnswer::NotReported { keys } => (None, Vec::new(), Vec::new(), keys),
            ChecklistAnswer::NotApplicable { reason } => (
                Some(format!("Because {reason}.")),
                Vec::new(),
                Vec::new(),
                Vec::new(),
            ),
        };
        let link = |id: String| {
            let words = words(&id);
            (id, words)
        };
        Self {
            number: item.number,
            topic: item.topic,
            class: match status {
                "answered" => "is-answered",
                "not reported" => "is-open",
                _ => "is-apart",
            },
            status,
            text,
            own,
            links: sections.into_iter().map(link).collect(),
            keys,
        }
    }
}

/// What a link to a section says.
fn words(id: &str) -> String {
    let known = match id {
        "forest" => "test AUC",
        "operating" => "operating points",
        "reproduce" => "how to reproduce",
        "characteristics" => "patients by part",
        "flow" => "what was found and used",
        "test-sets" => "other test sets",
        "specification" => "specification curve",
        "intervals" => "how to read the intervals",
        "curves" => "learning curves",
        other => return other.trim_start_matches("methods-").replace('-', " "),
    };
    known.to_owned()
}
