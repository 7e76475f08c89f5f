//! Keys that a command line sets: a configuration with them, all else and all comments as they were.

use toml_edit::{DocumentMut, Item, Key, Table, TableLike, Value, value};

use crate::explain::UnknownKey;
use crate::find::{Found, find};

/// A change that cannot be made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ChangeError {
    /// No `key=value`.
    #[error("--set {found}: expected KEY=VALUE such as train.lr=3e-4")]
    Form {
        /// What is there.
        found: String,
    },
    /// No such key.
    #[error("--set {found}: {error}")]
    Unknown {
        /// What is there.
        found: String,
        /// What is known instead.
        error: UnknownKey,
    },
    /// Something above it is no table.
    #[error(
        "--set {found}: `{above}` is no table in this study, so that `{name}` cannot be set in it; set `{above}` as a whole"
    )]
    NoTable {
        /// What is there.
        found: String,
        /// The key above.
        above: String,
        /// The key within.
        name: String,
    },
    /// The text itself is no TOML.
    #[error("{0}")]
    Text(#[from] toml_edit::TomlError),
}

/// `text` with every `KEY=VALUE` of `changes`, in order. A value is read as TOML; what is none is a
/// text, so that `data.task=ordinal` needs no quotes.
pub fn with_changes(text: &str, changes: &[String]) -> Result<String, ChangeError> {
    if changes.is_empty() {
        return Ok(text.into());
    }
    let mut document: DocumentMut = text.parse()?;
    for change in changes {
        set(document.as_table_mut(), change)?;
    }
    Ok(document.to_string())
}

fn set(root: &mut Table, change: &str) -> Result<(), ChangeError> {
    let form = || ChangeError::Form {
        found: change.into(),
    };
    let (key, written) = divided(change).ok_or_else(form)?;
    let keys = Key::parse(key).map_err(|_| form())?;
    let names: Vec<&str> = keys.iter().map(Key::get).collect();
    let unknown = |error| ChangeError::Unknown {
        found: change.into(),
        error,
    };
    match find(&names) {
        Ok(Found::Key(..) | Found::Own(..)) => {}
        Err((depth, here)) => return Err(unknown(UnknownKey::new(&names, depth, &here))),
    }
    let Some((last, above)) = names.split_last() else {
        return Err(form());
    };
    let mut table: &mut dyn TableLike = root;
    for (depth, name) in above.iter().enumerate() {
        let new = || {
            let mut table = Table::new();
            // Its head line is written only where it has keys itself.
            table.set_implicit(true);
            Item::Table(table)
        };
        let item = table.entry(name).or_insert_with(new);
        table = item
            .as_table_like_mut()
            .ok_or_else(|| ChangeError::NoTable {
                found: change.into(),
                above: names[..=depth].join("."),
                name: names[depth + 1..].join("."),
            })?;
    }
    let new = read(written);
    match table.get_mut(last) {
        // What stands around it, such as a comment, stays.
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        _ => {
            table.insert(last, value(new));
        }
    }
    Ok(())
}

/// The key and the value, at the first `=` that is in no quotes.
fn divided(change: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in change.char_indices() {
        match (quote, c) {
            (None, '=') => return Some((change[..at].trim(), change[at + 1..].trim())),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// The value as TOML, or as the text that it is.
fn read(written: &str) -> Value {
    let parsed = written.parse::<Value>();
    // An odd one such as `04:00:00` or `2024-01-01` is a time to TOML, which no key takes.
    match parsed {
        Ok(Value::Datetime(_)) | Err(_) => Value::from(written),
        Ok(mut value) => {
            value.decor_mut().clear();
            value
        }
    }
}
