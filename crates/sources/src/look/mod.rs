//! A first look at a folder or table: what it is taken for, as keys of a study, each with the
//! reason. Nothing is decided here that a reader could not correct in the file that comes of it.

mod column;
mod folder;
mod label;
mod lists;
mod looked;
mod table;

use std::path::Path;

pub use looked::{Key, Looked};

use crate::refusal::Refusal;

/// Looks at a folder or a table.
pub fn look(path: &Path) -> Result<Looked, Refusal> {
    match path.is_dir() {
        true => folder::look(path),
        false => table::look(path, None),
    }
}
