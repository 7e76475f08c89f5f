//! Studies below folders.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use record::names::PLAN;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::clip::{NAME_LETTERS, clip};

/// How deep below a folder studies are looked for.
const DEPTH: usize = 6;
/// Folders that are looked into, at most.
const FOLDERS: usize = 20_000;
/// Studies that are watched, at most.
const STUDIES: usize = 1_000;

/// What a study is called by those who ask for it: never a path. The first half of the SHA-256 of
/// its absolute path, as 32 hexadecimal digits, so that it is the same after a restart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct StudyKey(String);

impl StudyKey {
    fn of(path: &Path) -> Self {
        let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
        Self(digest[..16].iter().map(|b| format!("{b:02x}")).collect())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StudyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A study that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is called by those who ask.
    pub key: StudyKey,
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder that was searched, for people.
    pub name: String,
}

/// Every study in or below `roots`, by path: folders with a `plan.json`, at most six folders deep.
/// Nothing is looked for inside of a study, in folders whose name begins with a dot, or behind links
/// (`roots` themselves may be links). What cannot be read is passed over.
pub fn find(roots: &[PathBuf]) -> Vec<Found> {
    let mut search = Search::default();
    for root in roots {
        let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.clone());
        search.folder(&root, &root, 0);
    }
    search.found.into_values().collect()
}

#[derive(Default)]
struct Search {
    found: BTreeMap<PathBuf, Found>,
    folders: usize,
}

impl Search {
    fn folder(&mut self, root: &Path, folder: &Path, depth: usize) {
        self.folders += 1;
        if self.folders > FOLDERS || self.found.len() >= STUDIES {
            return;
        }
        if PLAN.exists(folder) {
            let found = Found {
                key: StudyKey::of(folder),
                path: folder.into(),
                name: name(root, folder),
            };
            self.found.entry(folder.into()).or_insert(found);
            return;
        }
        if depth == DEPTH {
            return;
        }
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        let mut below: Vec<PathBuf> = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
            .map(|entry| entry.path())
            .take(FOLDERS)
            .collect();
        below.sort();
        for folder in below {
            self.folder(root, &folder, depth + 1);
        }
    }
}

fn name(root: &Path, folder: &Path) -> String {
    let below = folder.strip_prefix(root).ok();
    let below = below.filter(|below| !below.as_os_str().is_empty());
    let name = match (below, folder.file_name()) {
        (Some(below), _) => below.to_string_lossy().replace('\\', "/"),
        (None, Some(own)) => own.to_string_lossy().into_owned(),
        (None, None) => "/".into(),
    };
    clip(&name, NAME_LETTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn studies_are_found_below_folders_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(folder.path()).unwrap();
        for study in ["b", "a/deep/down", "a/deep/down/runs/x", ".hidden/c"] {
            std::fs::create_dir_all(root.join(study)).unwrap();
            std::fs::write(root.join(study).join("plan.json"), "{}").unwrap();
        }
        std::fs::create_dir_all(root.join("no study")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&root, root.join("a/circle")).unwrap();

        let found = find(&[root.clone(), root.join("b")]);
        let names: Vec<&str> = found.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["a/deep/down", "b"]);
        assert_eq!(found, find(std::slice::from_ref(&root)));
        assert_eq!(find(&[root.join("b")])[0].name, "b");
        assert_eq!(find(&[root.join("b")])[0].key, found[1].key);
        assert_eq!(find(&[root.join("missing")]), []);
    }
}
