//! What a folder or table is taken for, as keys of a study.

use std::path::{Path, PathBuf};

use images::Task;

/// What a folder or table is taken for.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What was looked at: the folder, or a table in it.
    pub source: PathBuf,
    /// The kind of question.
    pub task: Task,
    /// Keys of `[data]` beside `source`, `task` and `size`.
    pub keys: Vec<Key>,
    /// What was noticed, in sentences without a full stop.
    pub notes: Vec<String>,
    /// What could not be told and has to be decided; sentences without a full stop.
    pub open: Vec<String>,
}

/// A key of `[data]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// Its value, as TOML.
    pub value: String,
    /// Why, in a few words.
    pub why: String,
}

impl Looked {
    pub(super) fn new(source: &Path, task: Task) -> Self {
        Self {
            source: source.into(),
            task,
            keys: Vec::new(),
            notes: Vec::new(),
            open: Vec::new(),
        }
    }

    pub(super) fn key(
        &mut self,
        name: &'static str,
        value: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.keys.push(Key {
            name,
            value: value.into(),
            why: why.into(),
        });
    }
}

/// A text as TOML.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04X}", letter as u32)),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Texts as a TOML list.
pub(super) fn list<T: AsRef<str>>(texts: &[T]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text.as_ref())).collect();
    format!("[{}]", texts.join(", "))
}
