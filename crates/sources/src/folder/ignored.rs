//! What a study leaves out of a folder.

use regex::Regex;

use super::layout::literal;
use crate::name::last;
use crate::refusal::Refusal;

/// Folders, relative to the root or anywhere below it, and patterns of file names.
pub(super) struct Ignored<'w> {
    folders: Vec<&'w str>,
    names: Vec<Regex>,
}

impl<'w> Ignored<'w> {
    /// Entries with a `*` are file names, the others folders.
    pub(super) fn new(written: &'w [String]) -> Result<Self, Refusal> {
        let (names, folders): (Vec<&String>, Vec<&String>) =
            written.iter().partition(|entry| entry.contains('*'));
        let name = |entry: &String| {
            Regex::new(&format!("^{}$", literal(entry))).map_err(|_| {
                Refusal::at(
                    "`data.ignore`",
                    "folders, and file names with *",
                    format!("`{}`", entry.chars().take(80).collect::<String>()),
                    "shorten it",
                )
            })
        };
        Ok(Self {
            folders: folders
                .iter()
                .map(|folder| folder.trim_matches('/'))
                .collect(),
            names: names.into_iter().map(name).collect::<Result<_, _>>()?,
        })
    }

    /// The files that no entry names.
    pub(super) fn others<'f>(&self, files: &'f [String]) -> Vec<&'f str> {
        let files = files.iter().map(String::as_str);
        files.filter(|file| !self.names(file)).collect()
    }

    fn names(&self, file: &str) -> bool {
        let is_inside = |folder: &&str| {
            let at_root = file
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'));
            at_root || file.contains(&format!("/{folder}/"))
        };
        self.folders.iter().any(is_inside)
            || self.names.iter().any(|name| name.is_match(last(file)))
    }
}
