//! What the audit of the data found.

use audit::{Audit, Finding, Severity};

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
    /// What was found.
    pub found: String,
    /// What it does.
    pub effect: String,
    /// What to write or do.
    pub remedy: String,
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
            .map(|(name, count)| format!("{name} {count}"));
        Self {
            looked_at: format!(
                "{} of {} pictures could be looked at ({}): copies, patients in two parts, contradicting labels, and labels that can be told without looking at what pictures show.",
                audit.decoded,
                audit.pictures,
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
            found: finding.found.clone(),
            effect: finding.effect.clone(),
            remedy: finding.remedy.clone(),
            more: finding.groups.saturating_sub(examples.len()),
            examples,
        }
    }
}
