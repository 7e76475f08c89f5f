//! Pictures below a root, found by the names that tables write.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use crate::listing::Listing;
use crate::name::{cleaned, folded, last, stem};

/// The files below a root by name.
pub struct Finder {
    listing: Listing,
    /// Folded stem of the last part ─▶ files.
    by_stem: HashMap<String, Vec<u32>>,
    /// Folded names of folders that hold files.
    folders: HashSet<String>,
}

/// What a written name leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// One file, by its place in the listing.
    One(usize),
    /// One file of this name, but in no folder that is written before it.
    Elsewhere(usize),
    /// Several that fit equally well: the first two.
    Several(String, String),
    /// None.
    None,
}

impl Finder {
    /// Of the files of a listing.
    pub fn new(listing: Listing) -> Self {
        let mut by_stem: HashMap<String, Vec<u32>> = HashMap::new();
        for (index, file) in listing.files.iter().enumerate() {
            by_stem
                .entry(folded(last(stem(file))))
                .or_default()
                .push(index as u32);
            // A name may be written with what is an ending elsewhere: `scan.png.dcm`, `x.001`.
            let whole = folded(last(file));
            if whole != folded(last(stem(file))) {
                by_stem.entry(whole).or_default().push(index as u32);
            }
        }
        let parents = listing
            .files
            .iter()
            .filter_map(|file| file.rsplit('/').nth(1));
        let folders = parents.map(folded).collect();
        Self {
            listing,
            by_stem,
            folders,
        }
    }

    /// The file that `written` names: with or without folders, ending and letter case; the one
    /// that shares most folders, counted from the file.
    pub fn find(&self, written: &str) -> Found {
        let Some(name) = cleaned(written) else {
            return Found::None;
        };
        let folded_name = folded(&name);
        let named = self.candidates(last(&folded_name));
        let candidates = match named {
            [] => self.candidates(last(stem(&folded_name))),
            named => named,
        };
        let fit = |file: &u32| {
            let path = &self.listing.files[*file as usize];
            let folded_path = folded(path);
            let shared = shared_folders(&folded_path, &folded_name);
            (shared, *path == name, folded_path == folded_name)
        };
        let Some(best) = candidates.iter().map(fit).max() else {
            return Found::None;
        };
        let mut fitting = candidates.iter().filter(|file| fit(file) == best);
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => {
                match best.0 == 0 && name.contains('/') && self.name(*one).contains('/') {
                    false => Found::One(*one as usize),
                    true => Found::Elsewhere(*one as usize),
                }
            }
            (Some(one), Some(other)) => {
                Found::Several(self.name(*one).into(), self.name(*other).into())
            }
            _ => Found::None,
        }
    }

    /// Whether the folder that a name is written in is there, so that a file elsewhere is another.
    pub(crate) fn has_folder_of(&self, written: &str) -> bool {
        let Some(name) = cleaned(written) else {
            return false;
        };
        let folded_name = folded(&name);
        let folder = folded_name.rsplit('/').nth(1);
        folder.is_some_and(|folder| self.folders.contains(folder))
    }

    fn candidates(&self, key: &str) -> &[u32] {
        self.by_stem.get(key).map_or(&[], Vec::as_slice)
    }

    fn name(&self, file: u32) -> &str {
        &self.listing.files[file as usize]
    }

    /// Path of a found file below the root.
    pub(crate) fn file(&self, index: usize) -> &str {
        &self.listing.files[index]
    }

    /// Where a found file lies.
    pub fn path(&self, index: usize) -> PathBuf {
        self.listing.path(&self.listing.files[index])
    }
}

/// Folders that two paths share, counted from the file upwards.
fn shared_folders(a: &str, b: &str) -> usize {
    let folders = |path: &'_ str| -> Vec<String> {
        let mut parts: Vec<String> = path.rsplit('/').skip(1).map(str::to_owned).collect();
        parts.push("\0".into());
        parts
    };
    let pairs = folders(a).into_iter().zip(folders(b));
    pairs.take_while(|(a, b)| a == b && a != "\0").count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(files: &[&str]) -> Finder {
        Finder::new(Listing {
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            ..Listing::default()
        })
    }

    #[test]
    fn names_as_tables_write_them() {
        let finder = finder(&[
            "a/1.png",
            "b/1.png",
            "b/O\u{308}dem.JPG",
            "c/x.1.2.dcm",
            "left/7",
            "right/7",
        ]);
        for (written, file) in [
            ("a/1.png", "a/1.png"),
            (r"C:\old\place\b\1.png", "b/1.png"),
            ("/mnt/b/1", "b/1.png"),
            ("\u{d6}dem", "b/O\u{308}dem.JPG"),
            ("x.1.2", "c/x.1.2.dcm"),
            ("x.1.2.dcm", "c/x.1.2.dcm"),
            ("elsewhere/x.1.2", "c/x.1.2.dcm"),
        ] {
            match finder.find(written) {
                Found::One(index) | Found::Elsewhere(index) => {
                    assert_eq!(finder.file(index), file, "{written}");
                }
                other => panic!("{written}: {other:?}"),
            }
        }
        assert_eq!(
            finder.find("1.png"),
            Found::Several("a/1.png".into(), "b/1.png".into())
        );
        assert_eq!(finder.find("../a/1.png"), Found::None);
        assert_eq!(finder.find("2.png"), Found::None);
    }
}
