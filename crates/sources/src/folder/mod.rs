//! Class folders, read by a layout that is written or believed.

mod believed;
mod by_layout;
mod copies;
mod doubtful;
mod ignored;
mod layout;
mod options;
mod passed_over;

use std::path::Path;

use images::Task;

pub use believed::{Believed, believe};
pub use layout::{Layout, Said};
pub use options::FolderOptions;
pub use passed_over::PassedOver;

use crate::flow::{LeftOut, SourceFlow};
use crate::listing::Listing;
use crate::name::stem;
use crate::noted::Noted;
use crate::refusal::Refusal;
use crate::tagged::{self, Wanted};
use by_layout::ByLayout;
use doubtful::name_of_mask;
use ignored::Ignored;

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
    let ignored = Ignored::new(&options.ignore)?;
    let files = ignored.others(&listing.files);
    let mut pictures = Vec::new();
    let mut passed_over = PassedOver::default();
    for &file in &files {
        match crate::picture_files::is_picture(&listing.path(file), file) {
            true => pictures.push(file),
            false => passed_over.add(file),
        }
    }
    let lost = ignored.others(&listing.lost);
    lost.iter().for_each(|file| passed_over.add(file));
    if pictures.is_empty() {
        return Err(Refusal::at(
            place,
            "pictures below folders of classes",
            format!("no pictures{}", passed_over.among()),
            "check the path; formats that are read are listed in docs/formats.md",
        ));
    }
    check_masks(&place, &pictures)?;
    let (layout, mut notes) = match &options.layout {
        Some(layout) => (layout.clone(), Vec::new()),
        None => {
            let Believed {
                layout,
                notes,
                copies,
            } = believe(&place, &pictures)?;
            copies::check(&place, &listing, &pictures, &copies)?;
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
    if !lost.is_empty() {
        notes.push(format!(
            "{} links lead nowhere, such as {}",
            lost.len(),
            lost[0]
        ));
    }
    if listing.junk > 0 {
        notes.push(format!(
            "passed over: {} files and folders that systems leave behind",
            listing.junk
        ));
    }
    for empty in listing.empty.iter().take(5) {
        notes.push(format!("the folder {empty} holds nothing"));
    }
    let fitting = entries.len();
    let (mut dataset, unlabelled) = by_layout.dataset(&listing, entries)?;
    let wanted = Wanted::of(options.patient.as_ref(), &options.attributes);
    tagged::tag(&mut dataset, &wanted, &mut notes)?;
    let found = listing.files.len() + listing.lost.len();
    let left_out = [
        LeftOut::some("named in data.ignore", found - files.len() - lost.len()),
        LeftOut::some("no pictures that are read", files.len() - pictures.len()),
        LeftOut::some("links that lead nowhere", lost.len()),
        LeftOut::some(
            "outside the folders that the layout reads",
            pictures.len() - fitting,
        ),
        LeftOut::some("without a class", unlabelled),
        LeftOut::some(
            "in no list of the split",
            fitting - unlabelled - dataset.len(),
        ),
    ];
    let flow = SourceFlow {
        name: dataset.name.clone(),
        unit: "files".into(),
        found,
        left_out: left_out.into_iter().flatten().collect(),
        pictures: dataset.len(),
    };
    Ok(Noted {
        dataset,
        notes,
        flow: vec![flow],
        said: Vec::new(),
    })
}

/// Refuses pictures that lie beside a picture of their name: `x_mask.png` beside `x.png`.
fn check_masks(place: &str, pictures: &[&str]) -> Result<(), Refusal> {
    let stems: std::collections::HashSet<&str> = pictures.iter().map(|path| stem(path)).collect();
    let mask = |path: &&&str| name_of_mask(stem(path)).is_some_and(|name| stems.contains(name));
    let masks: Vec<&&str> = pictures.iter().filter(mask).collect();
    let Some(first) = masks.first() else {
        return Ok(());
    };
    let own = stem(first);
    let end = &own[name_of_mask(own).map_or(0, str::len)..];
    Err(Refusal::at(
        place,
        "one picture of a name",
        format!(
            "{} pictures beside those that they belong to, such as {first}",
            masks.len()
        ),
        format!("write ignore = [\"*{end}.*\"] to leave them out"),
    ))
}
