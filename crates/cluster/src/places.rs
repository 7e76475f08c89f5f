//! Which folders tasks look at: an image is shown them.

use std::path::{Path, PathBuf};

/// Sections of a configuration that name files.
const SECTIONS: [&str; 4] = ["data", "weights", "grid", "probe"];

/// Folders that tasks look at, absolute and sorted, none below another: `folders`, that of the
/// configuration, `base`, and those of every file that it names and that is there, also where links
/// lead. `base` and `folders` are absolute.
pub fn places(configuration: &str, base: &Path, folders: &[&Path]) -> Vec<PathBuf> {
    let table: toml::Table = configuration.parse().unwrap_or_default();
    let mut texts = Vec::new();
    for section in SECTIONS {
        texts.extend(table.get(section).map(words).unwrap_or_default());
    }
    let named = texts.iter().filter_map(|text| {
        let path = base.join(text);
        let folder = match path.metadata().ok()?.is_dir() {
            true => path.as_path(),
            false => path.parent()?,
        };
        Some(folder.to_path_buf())
    });
    let own = folders.iter().map(|folder| folder.to_path_buf());
    let written: Vec<PathBuf> = own.chain([base.to_path_buf()]).chain(named).collect();
    let meant = written.iter().filter_map(|path| path.canonicalize().ok());
    let mut all: Vec<PathBuf> = written.iter().cloned().chain(meant).collect();
    // The root of a machine is none of an image.
    all.retain(|path| path.parent().is_some());
    all.sort();
    let mut outer: Vec<PathBuf> = Vec::new();
    for path in all {
        if outer.last().is_none_or(|last| !path.starts_with(last)) {
            outer.push(path);
        }
    }
    outer
}

/// Every text in a value.
fn words(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::String(text) => vec![text],
        toml::Value::Array(all) => all.iter().flat_map(words).collect(),
        toml::Value::Table(all) => all.iter().flat_map(|(_, value)| words(value)).collect(),
        _ => Vec::new(),
    }
}
