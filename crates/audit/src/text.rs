//! An audit as text for a terminal.

use std::fmt::Write as _;

use crate::audit::Audit;
use crate::finding::{Example, Finding, Severity};

/// Columns of the text.
const WIDTH: usize = 80;
/// Examples of a finding that are shown.
const SHOWN: usize = 5;
/// Pictures of an example that are shown.
const MEMBERS: usize = 3;

impl Audit {
    /// The findings, worst first, in lines of 80 columns (an id is never broken).
    pub fn text(&self) -> String {
        let mut text = String::new();
        let parts: Vec<String> = self
            .parts
            .iter()
            .map(|(name, n)| format!("{name} {n}"))
            .collect();
        let head = format!(
            "{} pictures, {} looked at: {}",
            self.pictures,
            self.decoded,
            parts.join(", ")
        );
        wrap(&mut text, "", &head);
        if self.findings.is_empty() {
            text.push_str("\nNothing found.\n");
        }
        for (severity, name) in [
            (Severity::Leak, "Leaks"),
            (Severity::Conflict, "Conflicts"),
            (Severity::Warning, "Warnings"),
            (Severity::Note, "Notes"),
        ] {
            let findings: Vec<_> = self
                .findings
                .iter()
                .filter(|f| f.severity == severity)
                .collect();
            if !findings.is_empty() {
                writeln!(text, "\n{name}: {}", findings.len()).ok();
            }
            for finding in findings {
                write_finding(&mut text, finding);
            }
        }
        text
    }
}

fn write_finding(text: &mut String, finding: &Finding) {
    text.push('\n');
    wrap(text, "  ", &finding.found);
    for example in finding.examples.iter().take(SHOWN) {
        wrap(text, "    · ", &line(example));
    }
    let more = finding
        .groups
        .saturating_sub(SHOWN.min(finding.examples.len()));
    if more > 0 && !finding.examples.is_empty() {
        writeln!(text, "    … and {more} more").ok();
    }
    wrap(text, "  Effect: ", &finding.effect);
    wrap(text, "  Write:  ", &finding.remedy);
}

fn line(example: &Example) -> String {
    let members = example.members.iter().take(MEMBERS);
    let ids: Vec<String> = members.map(|m| format!("{} ({})", m.id, m.part)).collect();
    let mut line = ids.join(" = ");
    let more = example.pictures.saturating_sub(ids.len());
    if !ids.is_empty() && more > 0 {
        write!(line, " and {more} more").ok();
    }
    match (example.name.is_empty(), line.is_empty()) {
        (true, _) => line,
        (false, true) => example.name.clone(),
        (false, false) => format!("{}: {}", example.name, line.replace(" = ", ", ")),
    }
}

/// Adds `words` in lines of [`WIDTH`] columns; the first begins with `start`, the others with as
/// many spaces.
fn wrap(text: &mut String, start: &str, words: &str) {
    let indent = start.chars().count();
    let mut column = indent;
    text.push_str(start);
    for (position, word) in words.split_whitespace().enumerate() {
        // What a file is called must not move the cursor.
        let word: String = word.chars().filter(|letter| !letter.is_control()).collect();
        let length = word.chars().count();
        if position > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else if position > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(&word);
        column += length;
    }
    text.push('\n');
}
