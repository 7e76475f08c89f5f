//! A regular expression whose one group picks a part of a text.

use regex::{Regex, RegexBuilder};

use crate::refusal::Refusal;

/// Picks a part of a path or cell: the group `value`, else the first group, else the whole match.
#[derive(Clone, Debug)]
pub struct Pattern {
    written: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

/// Bytes that a compiled pattern may take: 1 MiB.
const MAX_BYTES: usize = 1 << 20;

impl Pattern {
    /// Compiles a pattern; `key` names it in messages. Matching takes time linear in the text.
    pub fn new(key: &str, written: &str) -> Result<Self, Refusal> {
        let regex = RegexBuilder::new(written).size_limit(MAX_BYTES).build();
        let regex = regex.map_err(|error| {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim().to_owned();
            Refusal::at(
                format!("`{key}`"),
                "a regular expression such as \"patient(\\\\d+)\"",
                format!("`{written}` ({})", reason.trim_start_matches("error: ")),
                "in TOML, write it in single quotes: 'patient(\\d+)'",
            )
        })?;
        Ok(Self {
            written: written.into(),
            regex,
        })
    }

    /// The part of `text` that the pattern picks; `None` where it does not match.
    pub fn pick<'t>(&self, text: &'t str) -> Option<&'t str> {
        let captures = self.regex.captures(text)?;
        let group = captures.name("value").or_else(|| captures.get(1));
        group
            .or_else(|| captures.get(0))
            .map(|found| found.as_str())
    }

    /// As written.
    pub fn written(&self) -> &str {
        &self.written
    }
}
