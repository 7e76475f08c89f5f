//! What the parts of a path mean: `{split}/{class}`, `{patient}/*/{class}`, `{class}_*.png`.

use images::Partition;
use regex::{Regex, RegexBuilder};

use crate::refusal::Refusal;

/// A pattern over paths below a root. Its parts are folders, and the file name where the last part
/// holds a dot; folders below the last one named are read as well. `{split}`, `{class}`,
/// `{patient}` and any other `{name}` (an attribute) stand for what is there, `*` for anything
/// within one part, `**` for any number of folders.
#[derive(Clone, Debug)]
pub struct Layout {
    written: String,
    regex: Regex,
    names: Vec<String>,
}

impl PartialEq for Layout {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

/// What a path says by its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said<'p> {
    /// The class.
    pub class: Option<&'p str>,
    /// The part of the split.
    pub partition: Option<Partition>,
    /// Whose picture it is.
    pub patient: Option<&'p str>,
    /// The attributes that the layout names, in the order of [`Layout::attributes`].
    pub attributes: Vec<&'p str>,
}

/// Placeholders with a meaning of their own.
const KNOWN: [&str; 3] = ["class", "split", "patient"];
/// Bytes that a compiled layout may take: 1 MiB.
const MAX_BYTES: usize = 1 << 20;

impl Layout {
    /// Reads a layout; it has to name `{class}`.
    pub fn new(written: &str) -> Result<Self, Refusal> {
        let refuse = |found: String| {
            Refusal::at(
                "`data.layout`",
                "parts of a path with {class}, perhaps {split}, {patient} or {any name}, * and **",
                found,
                "for example layout = \"{split}/{class}\" or \"{patient}/*/{class}\"",
            )
        };
        let mut names = Vec::new();
        let parts: Vec<&str> = written.split('/').filter(|part| !part.is_empty()).collect();
        let mut expression = String::from("^");
        let names_file = parts.last().is_some_and(|part| part.contains('.'));
        for (place, part) in parts.iter().enumerate() {
            if *part == "**" {
                expression.push_str("(?:[^/]+/)*");
                continue;
            }
            let part = expression_of(part, &mut names).map_err(&refuse)?;
            expression.push_str(&part);
            if !(names_file && place + 1 == parts.len()) {
                expression.push('/');
            }
        }
        expression.push_str(if names_file { "$" } else { "(?:.*/)?[^/]+$" });
        if !names.iter().any(|name| name == "class") {
            return Err(refuse(format!("`{written}`, which has no {{class}}")));
        }
        let regex = RegexBuilder::new(&expression)
            .size_limit(MAX_BYTES)
            .build()
            .map_err(|_| refuse(format!("`{written}`")))?;
        Ok(Self {
            written: written.into(),
            regex,
            names,
        })
    }

    /// The attributes that the layout names, in order.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().map(String::as_str);
        names.filter(|name| !KNOWN.contains(name))
    }

    /// Whether it says whose picture it is.
    pub fn has_patient(&self) -> bool {
        self.names.iter().any(|name| name == "patient")
    }

    /// Whether it says the part of the split.
    pub fn has_split(&self) -> bool {
        self.names.iter().any(|name| name == "split")
    }

    /// What `path` says; `None` where it does not fit, or where `{split}` is no part of a split.
    pub fn read<'p>(&self, path: &'p str) -> Option<Said<'p>> {
        let captures = self.regex.captures(path)?;
        let part = |name: &str| captures.name(name).map(|found| found.as_str());
        let partition = match part("split") {
            Some(word) => Some(Partition::parse(word)?),
            None => None,
        };
        Some(Said {
            class: part("class"),
            partition,
            patient: part("patient"),
            attributes: self
                .attributes()
                .map(|name| part(name).unwrap_or(""))
                .collect(),
        })
    }

    /// As written.
    pub fn written(&self) -> &str {
        &self.written
    }
}

/// One part of a path as a regular expression; pushes the names that it captures.
fn expression_of(part: &str, names: &mut Vec<String>) -> Result<String, String> {
    let mut expression = String::new();
    let mut rest = part;
    while let Some(open) = rest.find('{') {
        expression.push_str(&literal(&rest[..open]));
        let Some(close) = rest[open..].find('}') else {
            return Err(format!("`{part}` without a closing brace"));
        };
        let name = &rest[open + 1..open + close];
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name || names.iter().any(|known| known == name) {
            return Err(format!(
                "`{{{name}}}` in `{part}`, no name or one that is there twice"
            ));
        }
        names.push(name.to_owned());
        expression.push_str(&format!("(?P<{name}>[^/]+?)"));
        rest = &rest[open + close + 1..];
    }
    expression.push_str(&literal(rest));
    Ok(expression)
}

/// Text in which only `*` stands for something else, as a regular expression.
pub(super) fn literal(text: &str) -> String {
    let pieces: Vec<String> = text.split('*').map(regex::escape).collect();
    pieces.join("[^/]*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_paths_get_a_meaning() {
        let layout = Layout::new("{patient}/*/{class}").expect("a layout");
        let said = layout
            .read("P1/Signed slides/Blast, no/x.jpg")
            .expect("fits");
        assert_eq!((said.class, said.patient), (Some("Blast, no"), Some("P1")));
        assert_eq!(layout.read("P1/Blast/x.jpg"), None);

        let layout = Layout::new("{split}/{class}").expect("a layout");
        let said = layout.read("TRAIN/a/deep/x.png").expect("fits");
        assert_eq!(
            (said.class, said.partition),
            (Some("a"), Some(Partition::Train))
        );
        assert_eq!(layout.read("chest_xray/train/a/x.png"), None);

        let layout = Layout::new("**/{class}/{patient}_{eye}.*").expect("a layout");
        let said = layout.read("x/y/sick/10_left.jpeg").expect("fits");
        assert_eq!((said.class, said.patient), (Some("sick"), Some("10")));
        assert_eq!(said.attributes, ["left"]);
    }

    #[test]
    fn a_layout_that_says_nothing_is_refused() {
        for written in ["", "{split}", "{class}/{class}", "{class", "{a b}/{class}"] {
            let error = Layout::new(written).expect_err(written).to_string();
            assert!(error.contains("layout = \"{split}/{class}\""), "{error}");
        }
    }
}
