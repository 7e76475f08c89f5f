//! Class folders, read by a layout that is written or believed.

mod believed;
mod by_layout;
mod doubtful;
mod layout;
mod options;
mod passed_over;

use std::path::Path;

use images::Task;

pub use believed::{Believed, believe};
pub use layout::{Layout, Said};
pub use options::FolderOptions;
pub use passed_over::PassedOver;

use crate::listing::Listing;
use crate::noted::Noted;
use crate::refusal::Refusal;
use crate::tagged::{self, Wanted};
use by_layout::ByLayout;

/// Reads the folder at `root`.
pub fn read(root: &Path, options: &FolderOptions) -> Result<Noted, Refusal> {
    let place = root.display().to_string();
    if options.task == Task::Multilabel {
        return Err(Refusal::at(
            place,
            "a table for a multilabel task",
            "a folder, which gives one class a picture",
            "name the table as the source and this folder as image_root, or write task = \"multiclass\"",
        ));
    }
    let listing = Listing::of(root)?;
    let files = kept(&listing.files, &options.ignore);
    let mut pictures = Vec::new();
    let mut passed_over = PassedOver::default();
    for file in files {
        match crate::picture_files::is_picture(&listing.path(file), file) {
            true => pictures.push(file),
            false => passed_over.add(file),
        }
    }
    if pictures.is_empty() {
        return Err(Refusal::at(
            place,
            "pictures below folders of classes",
            format!("no pictures{}", passed_over.among()),
            "check the path; formats that are read are listed in docs/formats.md",
        ));
    }
    let (layout, mut notes) = match &options.layout {
        Some(layout) => (layout.clone(), Vec::new()),
        None => {
            let Believed { layout, notes } = believe(&place, &pictures)?;
            (layout, notes)
        }
    };
    passed_over.check(&place, &layout, &pictures, options.other_files)?;
    let by_layout = ByLayout {
        place: &place,
        layout: &layout,
        options,
    };
    let entries = by_layout.entries(&pictures, &mut notes)?;
    if options.layout.is_none() {
        notes.insert(0, format!("read as layout = \"{}\"", layout.written()));
    }
    notes.extend(passed_over.notes());
    if listing.junk > 0 {
        notes.push(format!(
            "passed over: {} files and folders that systems leave behind",
            listing.junk
        ));
    }
    for empty in listing.empty.iter().take(5) {
        notes.push(format!("the folder {empty} holds nothing"));
    }
    let mut dataset = by_layout.dataset(&listing, entries)?;
    let wanted = Wanted::of(options.patient.as_ref(), &options.attributes);
    tagged::tag(&mut dataset, &wanted, &mut notes)?;
    Ok(Noted { dataset, notes })
}

/// The files that lie in no folder of `ignore`.
fn kept<'f>(files: &'f [String], ignore: &[String]) -> Vec<&'f str> {
    let ignored = |file: &str| {
        ignore.iter().any(|folder| {
            let folder = folder.trim_matches('/');
            let inside = file
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'));
            inside || file.contains(&format!("/{folder}/"))
        })
    };
    files
        .iter()
        .map(String::as_str)
        .filter(|file| !ignored(file))
        .collect()
}
