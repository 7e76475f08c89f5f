//! What a key means, for people and as JSON.

use std::fmt;

use networks::zoo::nearest;
use serde::Serialize;

use crate::find::{Found, find};
use crate::key::{Key, Without};
use crate::key::{Place, Shape, tables};
use crate::tables::STUDY;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The dotted key.
    pub key: String,
    /// What it means.
    pub about: &'static str,
    /// What may be written, in words.
    pub r#type: String,
    /// Words that it takes; empty where it takes others too.
    pub values: Vec<String>,
    /// Whether it has to be there.
    pub required: bool,
    /// What holds without it: a value in TOML, or words.
    pub default: Option<&'static str>,
    /// Lines that can be written.
    pub examples: Vec<String>,
    /// Where it is documented, with the section after `#`.
    pub page: String,
    /// Keys of the table, where it is one, with what they mean.
    pub keys: Vec<(String, &'static str)>,
}

/// A key that a study does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a study has no key `{key}`{place}{suggestion}")]
pub struct UnknownKey {
    key: String,
    place: String,
    suggestion: String,
}

impl UnknownKey {
    /// Of the key that the names make, of which the first `depth` are known, and these could follow.
    pub(crate) fn new(names: &[&str], depth: usize, here: &[&'static Key]) -> Self {
        let all: Vec<String> = every_key();
        let key = names.join(".");
        let above = names[..depth].join(".");
        let names_here: Vec<&str> = here.iter().map(|key| key.name).collect();
        let beside = nearest(names[depth.min(names.len() - 1)], &names_here)
            .map(|name| [&names[..depth], &[name.as_str()]].concat().join("."));
        let last = names[names.len() - 1];
        let same_name = || {
            let ends = |known: &&String| known.rsplit('.').next() == Some(last);
            let mut known = all.iter().filter(ends);
            known.next().filter(|_| known.next().is_none()).cloned()
        };
        let meant = same_name().or(beside).or_else(|| nearest(&key, &all));
        let place = match (above.is_empty(), names_here.is_empty()) {
            (true, _) => String::new(),
            (false, true) => format!("; `{above}` is no table"),
            (false, false) => format!("; `{above}` has {}", names_here.join(", ")),
        };
        Self {
            key,
            place,
            suggestion: meant.map_or_else(String::new, |key| format!("; did you mean `{key}`?")),
        }
    }
}

/// What a dotted key means. Entries of lists have no number: `grid.init.transfuse`.
pub fn explain(key: &str) -> Result<Explanation, UnknownKey> {
    let key = key.trim().trim_matches(|c| c == '[' || c == ']');
    let names: Vec<&str> = key.split('.').collect();
    let found = find(&names).map_err(|(depth, here)| UnknownKey::new(&names, depth, &here))?;
    let (about, shape, page) = match found {
        Found::Key(key, page) => (key, &key.shape, page),
        Found::Own(key, shape, page) => (key, shape, page),
    };
    let is_own = matches!(found, Found::Own(..));
    let name = names[names.len() - 1];
    Ok(Explanation {
        key: key.into(),
        about: about.about,
        r#type: shape.to_string(),
        values: match shape {
            Shape::Words(words) => words.list(),
            _ => Vec::new(),
        },
        required: about.without == Without::Required && !is_own,
        default: match about.without {
            _ if is_own => None,
            Without::Required => None,
            Without::Value(value) => Some(value),
            Without::Words(words) => Some(words),
        },
        examples: match is_own {
            true => Vec::new(),
            false => about
                .examples
                .iter()
                .map(|e| format!("{name} = {e}"))
                .collect(),
        },
        page: format!("docs/{page}"),
        keys: keys_of(shape),
    })
}

/// Keys of the tables that a value may be.
fn keys_of(shape: &'static Shape) -> Vec<(String, &'static str)> {
    match shape {
        Shape::Table(keys) => keys
            .iter()
            .map(|key| (key.name.into(), key.about))
            .collect(),
        Shape::OneOf(all) => all.iter().flat_map(keys_of).collect(),
        Shape::List(of, _) | Shape::Map(of) => keys_of(of),
        _ => Vec::new(),
    }
}

/// Every dotted key without names of one's own.
fn every_key() -> Vec<String> {
    let mut all = Vec::new();
    for (way, keys) in tables(STUDY) {
        let names = way.iter().filter_map(|place| match place {
            Place::Key(name) => Some(*name),
            Place::Own | Place::Entry(_) => None,
        });
        let above: Vec<&str> = names.collect();
        all.extend(
            keys.iter()
                .map(|key| [&above[..], &[key.name]].concat().join(".")),
        );
    }
    all
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}: {}", self.key, self.about)?;
        if self.keys.is_empty() {
            writeln!(f, "  type      {}", self.r#type)?;
        }
        match self.default {
            _ if self.required => writeln!(f, "  default   none: it has to be there")?,
            Some(default) => writeln!(f, "  default   {default}")?,
            None => {}
        }
        for (number, example) in self.examples.iter().enumerate() {
            let head = if number == 0 { "example" } else { "" };
            writeln!(f, "  {head:<9} {example}")?;
        }
        write!(f, "  page      {}", self.page)?;
        let width = self.keys.iter().map(|(name, _)| name.len()).max();
        for (name, about) in &self.keys {
            write!(
                f,
                "\n    {name:<width$}  {about}",
                width = width.unwrap_or(0)
            )?;
        }
        Ok(())
    }
}
