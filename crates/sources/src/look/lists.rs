//! Lists of file names beside the pictures that say the part of the split.

use std::path::Path;

use formats::decode::read_bounded;
use images::Partition;

use crate::table::{Finder, Found};

/// Most bytes of a list.
const MAX_BYTES: u64 = 64 << 20;

/// The lists in `folder` for training and test, with validation where there is one: text files
/// whose names say the part and whose lines name pictures.
pub(super) fn lists(folder: &Path, files: &[String], finder: &Finder) -> Vec<(Partition, String)> {
    let mut found: Vec<(Partition, String)> = Vec::new();
    for file in files
        .iter()
        .filter(|file| !file.contains('/') && file.to_lowercase().ends_with(".txt"))
    {
        let name = file.to_lowercase();
        // `train_val_list.txt` is of training: validation is taken from it.
        let part = match (
            name.contains("train"),
            name.contains("val"),
            name.contains("test"),
        ) {
            (true, _, false) => Partition::Train,
            (false, true, false) => Partition::Validation,
            (false, false, true) => Partition::Test,
            _ => continue,
        };
        if found.iter().all(|(known, _)| *known != part)
            && names_pictures(&folder.join(file), finder)
        {
            found.push((part, file.clone()));
        }
    }
    found.sort_by_key(|(part, _)| *part);
    let has = |part: Partition| found.iter().any(|(known, _)| *known == part);
    match has(Partition::Train) && (has(Partition::Test) || has(Partition::Validation)) {
        true => found,
        false => Vec::new(),
    }
}

fn names_pictures(path: &Path, finder: &Finder) -> bool {
    let Ok(bytes) = read_bounded(path, MAX_BYTES) else {
        return false;
    };
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(100)
        .collect();
    let named = lines
        .iter()
        .filter(|line| {
            matches!(
                finder.find(line.trim()),
                Found::One(_) | Found::Elsewhere(_)
            )
        })
        .count();
    named > 0 && 2 * named > lines.len()
}
