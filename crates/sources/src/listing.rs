//! Every file below a folder, in one order on every machine.

use std::path::{Path, PathBuf};

use crate::junk;
use crate::refusal::Refusal;

/// Deepest nesting of folders.
pub const MAX_DEPTH: usize = 24;
/// Most files below one folder.
pub const MAX_FILES: usize = 5_000_000;

/// What lies below a folder.
#[derive(Debug, Default)]
pub struct Listing {
    /// The folder.
    pub root: PathBuf,
    /// Paths relative to the root, `/` between folders, sorted.
    pub files: Vec<String>,
    /// Folders that hold nothing, relative to the root, sorted.
    pub empty: Vec<String>,
    /// Links that lead nowhere, relative to the root, sorted.
    pub lost: Vec<String>,
    /// Files and folders that systems and editors left behind; not looked into.
    pub junk: usize,
}

impl Listing {
    /// Lists `root`. Names must be UTF-8.
    pub fn of(root: &Path) -> Result<Self, Refusal> {
        let mut listing = Self {
            root: root.into(),
            ..Self::default()
        };
        listing.enter(root, "", 0)?;
        listing.files.sort_unstable();
        listing.empty.sort_unstable();
        listing.lost.sort_unstable();
        Ok(listing)
    }

    /// Where a listed file lies.
    pub fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    fn enter(&mut self, folder: &Path, relative: &str, depth: usize) -> Result<(), Refusal> {
        if depth > MAX_DEPTH {
            return Err(Refusal::at(
                folder.display().to_string(),
                format!("folders nested at most {MAX_DEPTH} deep"),
                "deeper ones",
                "is there a link to a folder above? remove it",
            ));
        }
        let entries = std::fs::read_dir(folder).map_err(|e| Refusal::unreadable(folder, e))?;
        let mut is_empty = true;
        for entry in entries {
            let entry = entry.map_err(|e| Refusal::unreadable(folder, e))?;
            is_empty = false;
            self.add(&entry, relative, depth)?;
        }
        if is_empty && depth > 0 {
            self.empty.push(relative.to_owned());
        }
        Ok(())
    }

    fn add(&mut self, entry: &std::fs::DirEntry, above: &str, depth: usize) -> Result<(), Refusal> {
        let path = entry.path();
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return Err(Refusal::at(
                path.display().to_string(),
                "file names in UTF-8",
                "another encoding",
                "rename the file, or unpack the archive again with the right code page",
            ));
        };
        let relative = match above {
            "" => name.to_owned(),
            above => format!("{above}/{name}"),
        };
        let kind = entry
            .file_type()
            .map_err(|e| Refusal::unreadable(&path, e))?;
        // A link is what it leads to; one that leads nowhere is nothing.
        let is_folder = kind.is_dir() || (kind.is_symlink() && path.is_dir());
        let is_file = kind.is_file() || (kind.is_symlink() && path.is_file());
        match (is_folder, is_file) {
            (true, _) if junk::is_folder(name) => self.junk += 1,
            (true, _) => self.enter(&path, &relative, depth + 1)?,
            (_, true) if junk::is_file(name) => self.junk += 1,
            (_, true) if self.files.len() >= MAX_FILES => {
                return Err(Refusal::at(
                    self.root.display().to_string(),
                    format!("at most {MAX_FILES} files"),
                    "more",
                    "name a smaller folder as the source",
                ));
            }
            (_, true) => self.files.push(relative),
            (false, false) if kind.is_symlink() => self.lost.push(relative),
            // Sockets, pipes and devices hold no pictures.
            (false, false) => self.junk += 1,
        }
        Ok(())
    }
}
