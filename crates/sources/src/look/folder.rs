//! A folder: class folders, or pictures with a table beside them.

use std::path::Path;

use images::Task;

use super::looked::{Looked, list, quoted};
use super::table;
use crate::folder::{Believed, believe};
use crate::listing::Listing;
use crate::picture_files::is_picture;
use crate::refusal::{Refusal, listed};

/// Classes that are written out at most.
const MAX_NAMED: usize = 20;
/// Endings of tables.
const TABLES: [&str; 4] = ["csv", "tsv", "tab", "txt"];
/// Tables that are looked at.
const MAX_TABLES: usize = 30;
/// How deep a table may lie.
const MAX_TABLE_DEPTH: usize = 2;

pub(super) fn look(root: &Path) -> Result<Looked, Refusal> {
    let place = root.display().to_string();
    let listing = Listing::of(root)?;
    let pictures: Vec<&str> = listing
        .files
        .iter()
        .map(String::as_str)
        .filter(|file| is_picture(&listing.path(file), file))
        .collect();
    if pictures.is_empty() {
        return Err(Refusal::at(
            place,
            "pictures",
            format!("none among {} files", listing.files.len()),
            "check the path; the formats that are read are listed in docs/formats.md",
        ));
    }
    let believed = believe(&place, &pictures);
    if let Some(mut looked) = from_tables(root, &listing) {
        if let Ok(Believed { layout, .. }) = &believed {
            looked.open.push(format!(
                "a table gives the labels; to read the folders as classes instead, name the folder as source with layout = \"{}\"",
                layout.written()
            ));
        }
        return Ok(looked);
    }
    if let Ok(Believed { layout, notes, .. }) = &believed {
        let mut classes: Vec<&str> = pictures
            .iter()
            .filter_map(|path| layout.read(path)?.class)
            .collect();
        classes.sort_unstable();
        classes.dedup();
        if classes.len() > 1 {
            let mut looked = Looked::new(root, Task::Multiclass);
            looked.notes = notes.clone();
            looked.key(
                "layout",
                quoted(layout.written()),
                format!(
                    "{} pictures in the classes {}",
                    pictures.len(),
                    listed(&classes, 5)
                ),
            );
            if classes.len() <= MAX_NAMED {
                let names: Vec<String> = classes.iter().map(|class| (*class).to_owned()).collect();
                looked.key(
                    "classes",
                    list(&in_order(names)),
                    "in this order; for grades, lowest first with task = \"ordinal\"",
                );
            }
            return Ok(looked);
        }
    }
    Err(match believed {
        Err(refusal) => refusal,
        Ok(_) => Refusal::at(
            place,
            "class folders, or a table beside the pictures",
            "neither",
            "name the table with --from, or write a layout by hand",
        ),
    })
}

/// The table in the folder that says most of its pictures.
fn from_tables(root: &Path, listing: &Listing) -> Option<Looked> {
    let tables = listing.files.iter().filter(|file| {
        let is_table = match crate::ending::of(file) {
            Some(ending) => TABLES.contains(&ending.to_lowercase().as_str()),
            None => crate::name::last(file).to_lowercase().contains("metadata"),
        };
        is_table && file.matches('/').count() <= MAX_TABLE_DEPTH
    });
    let mut found: Vec<(&String, Looked)> = tables
        .take(MAX_TABLES)
        .filter_map(|file| Some((file, table::look(&root.join(file), Some(root)).ok()?)))
        .filter(|(_, looked)| looked.keys.iter().any(|key| key.name == "label"))
        .collect();
    // The one with most to say: a list of names has no label, a table of boxes no patient.
    found.sort_by_key(|(file, looked)| {
        (
            std::cmp::Reverse(looked.keys.len()),
            file.matches('/').count(),
        )
    });
    let others: Vec<String> = found
        .iter()
        .skip(1)
        .map(|(file, _)| (*file).clone())
        .collect();
    let (_, mut best) = found.into_iter().next()?;
    if !others.is_empty() {
        best.open.push(format!(
            "other tables name pictures as well: {}; join them with [[data.join]]",
            listed(&others, 4)
        ));
    }
    Some(best)
}

fn in_order(mut classes: Vec<String>) -> Vec<String> {
    images::sort_classes(&mut classes);
    classes
}
