//! What the audit of the data found.

use audit::{Audit, Finding, Severity};

use super::number;

/// Most examples of a finding that are named.
const EXAMPLES: usize = 5;

/// The findings, worst first.
pub struct AuditFindings {
    /// What was looked at, in a sentence.
    pub looked_at: String,
    /// Why leaks are accepted, where the study says.
    pub allowed: Option<String>,
    /// One a finding.
    pub findings: Vec<FindingRow>,
}

/// One finding.
pub struct FindingRow {
    /// `leak`, `conflict`, `attention` or `note`.
    pub severity: String,
    /// Class of its badge.
    pub class: &'static str,
    /// What was found: pieces of text, and whether each is code.
    pub found: Vec<(String, bool)>,
    /// What it does, and what to write or do.
    pub effect: Vec<(String, bool)>,
    /// Some of what it is about.
    pub examples: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

impl AuditFindings {
    /// The findings of an audit.
    pub fn new(audit: &Audit, allowed: Option<&String>) -> Self {
        let parts = audit
            .parts
            .iter()
            .map(|(name, count)| format!("{name} {}", number::count(*count as u64)));
        Self {
            looked_at: format!(
                "{} of {} pictures could be looked at ({}): copies, patients in two parts, contradicting labels, and labels that can be told without looking at what pictures show.",
                number::count(audit.decoded as u64),
                number::count(audit.pictures as u64),
                parts.collect::<Vec<_>>().join(", ")
            ),
            allowed: allowed.cloned(),
            findings: audit.findings.iter().map(FindingRow::new).collect(),
        }
    }
}

impl FindingRow {
    fn new(finding: &Finding) -> Self {
        let shown = finding.examples.iter().take(EXAMPLES);
        let examples: Vec<String> = shown
            .map(|example| {
                let ids = example.members.iter().map(|member| member.id.as_str());
                let ids = ids.collect::<Vec<_>>().join(", ");
                match (example.name.is_empty(), ids.is_empty()) {
                    (true, _) => ids,
                    (false, true) => example.name.clone(),
                    (false, false) => format!("{}: {ids}", example.name),
                }
            })
            .collect();
        Self {
            severity: finding.severity.to_string(),
            class: match finding.severity {
                Severity::Leak => "is-leak",
                Severity::Conflict => "is-conflict",
                Severity::Warning => "is-warning",
                Severity::Note => "is-note",
            },
            found: pieces(&finding.found),
            effect: pieces(&format!("{} {}", finding.effect, finding.remedy)),
            more: finding.groups.saturating_sub(examples.len()),
            examples,
        }
    }
}

/// Text with what stands between backticks apart.
fn pieces(text: &str) -> Vec<(String, bool)> {
    let pieces = text.split('`').enumerate();
    let pieces = pieces.map(|(place, piece)| (piece.to_owned(), place % 2 == 1));
    pieces.filter(|(piece, _)| !piece.is_empty()).collect()
}
