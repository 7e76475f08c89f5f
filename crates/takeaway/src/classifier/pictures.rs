//! The pictures that a user names: files, folders and tables.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Most pictures of one call.
const LIMIT: usize = 10_000_000;
/// How deep folders may lie in each other.
const DEPTH: usize = 32;
/// File names in folders that count as pictures.
const EXTENSIONS: [&str; 3] = ["png", "jpg", "jpeg"];

/// Why the pictures cannot be listed.
#[derive(Debug, Error)]
pub enum PicturesError {
    /// A folder or table cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A table that is no CSV.
    #[error("table {} cannot be read: {reason}", path.display())]
    Table {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A table without the column of pictures.
    #[error("table {}: expected a column `{column}`, found {found}; name it with --image-column", path.display())]
    Column {
        /// Which.
        path: PathBuf,
        /// Column asked for.
        column: String,
        /// Columns that are there.
        found: String,
    },
    /// Too many pictures.
    #[error("more than {LIMIT} pictures; call predict on parts of them")]
    TooMany,
    /// Nothing to judge.
    #[error("no picture found: expected files, folders with {} files, or a .csv table", EXTENSIONS.join(", "))]
    None,
}

/// One picture to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// As the user would call it: the argument, the path below a folder argument, or the entry of
    /// a table.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// The pictures behind `arguments`, in their order; those of a folder sorted by name. Tables are
/// files that end in `.csv`: pictures in column `column`, relative to the table's folder.
pub fn find_pictures(arguments: &[PathBuf], column: &str) -> Result<Vec<Picture>, PicturesError> {
    let mut all = Vec::new();
    for argument in arguments {
        if argument.is_dir() {
            folder(argument, 0, &mut all)?;
        } else if has_extension(argument, &["csv"]) {
            table(argument, column, &mut all)?;
        } else {
            all.push(Picture {
                name: argument.display().to_string(),
                path: argument.clone(),
            });
        }
        if all.len() > LIMIT {
            return Err(PicturesError::TooMany);
        }
    }
    match all.is_empty() {
        true => Err(PicturesError::None),
        false => Ok(all),
    }
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    extension.is_some_and(|e| known.iter().any(|k| k.eq_ignore_ascii_case(e)))
}

fn folder(path: &Path, depth: usize, all: &mut Vec<Picture>) -> Result<(), PicturesError> {
    let io = |source| PicturesError::Io {
        path: path.into(),
        source,
    };
    let entries = std::fs::read_dir(path).map_err(io)?;
    let mut paths = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(io)?;
    paths.sort();
    for path in paths {
        if path.is_dir() && depth < DEPTH {
            folder(&path, depth + 1, all)?;
        } else if has_extension(&path, &EXTENSIONS) {
            all.push(Picture {
                name: path.display().to_string(),
                path,
            });
        }
        if all.len() > LIMIT {
            return Err(PicturesError::TooMany);
        }
    }
    Ok(())
}

fn table(path: &Path, column: &str, all: &mut Vec<Picture>) -> Result<(), PicturesError> {
    let failed = |e: csv::Error| PicturesError::Table {
        path: path.into(),
        reason: e.to_string(),
    };
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let Some(at) = header.iter().position(|name| name == column) else {
        return Err(PicturesError::Column {
            path: path.into(),
            column: column.into(),
            found: header.iter().collect::<Vec<_>>().join(", "),
        });
    };
    let root = path.parent().unwrap_or(Path::new(""));
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let name = record.get(at).unwrap_or_default();
        all.push(Picture {
            name: name.into(),
            path: root.join(name),
        });
        if all.len() > LIMIT {
            return Err(PicturesError::TooMany);
        }
    }
    Ok(())
}
