//! The source of all crates, as text.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Every `Cargo.toml` and `.rs` file under `crates/`.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// Path from the root of the repository, with `/`, to text.
    files: BTreeMap<String, String>,
}

impl House {
    /// The crates of the repository at `root`.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut house = Self::default();
        for folder in sorted(&root.join("crates"))? {
            if folder.join("Cargo.toml").is_file() {
                house.read_folder(root, &folder)?;
            }
        }
        Ok(house)
    }

    /// Made-up crates: paths such as `crates/stats/src/lib.rs`, and texts.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = files
            .into_iter()
            .map(|(path, text)| (path.to_string(), text.to_string()));
        Self {
            files: files.collect(),
        }
    }

    fn read_folder(&mut self, root: &Path, folder: &Path) -> io::Result<()> {
        for path in sorted(folder)? {
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() {
                if name != "target" {
                    self.read_folder(root, &path)?;
                }
            } else if name == "Cargo.toml" || path.extension().is_some_and(|end| end == "rs") {
                let below = path.strip_prefix(root).unwrap_or(&path);
                let parts = below.iter().map(|part| part.to_string_lossy());
                let text = fs::read_to_string(&path).map_err(|error| {
                    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
                })?;
                self.files.insert(parts.collect::<Vec<_>>().join("/"), text);
            }
        }
        Ok(())
    }

    /// The crates, by name of their folder.
    pub fn rooms(&self) -> Vec<Room<'_>> {
        let mut rooms: Vec<Room> = Vec::new();
        for (path, text) in &self.files {
            let Some((name, _)) = path
                .strip_prefix("crates/")
                .and_then(|rest| rest.split_once('/'))
            else {
                continue;
            };
            if rooms.last().is_none_or(|room| room.name != name) {
                let (manifest, files) = Default::default();
                rooms.push(Room {
                    name,
                    manifest,
                    files,
                });
            }
            if let Some(room) = rooms.last_mut() {
                if path.ends_with("/Cargo.toml") {
                    room.manifest = text;
                } else {
                    room.files.insert(path, text);
                }
            }
        }
        rooms
    }
}

/// One crate.
#[derive(Clone, Debug)]
pub struct Room<'a> {
    /// Name of the crate, which is that of its folder.
    pub name: &'a str,
    /// Text of its `Cargo.toml`.
    pub manifest: &'a str,
    /// Path from the root of the repository to text, of every `.rs` file, tests and examples too.
    pub files: BTreeMap<&'a str, &'a str>,
}

impl Room<'_> {
    /// Path of the `Cargo.toml`.
    pub fn manifest_path(&self) -> String {
        format!("crates/{}/Cargo.toml", self.name)
    }
}

fn sorted(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(folder)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))?;
    let mut paths = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
