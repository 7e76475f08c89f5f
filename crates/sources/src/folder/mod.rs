//! Class folders, read by a layout that is written or believed.

mod believed;
mod layout;
mod passed_over;

use std::path::Path;
use std::sync::Arc;

use images::{Dataset, Example, Label, Task};

pub use believed::{Believed, believe};
pub use layout::{Layout, Said};
pub use passed_over::PassedOver;

use crate::listing::Listing;
use crate::noted::Noted;
use crate::origin::Origin;
use crate::pattern::Pattern;
use crate::picture_files::PictureFiles;
use crate::policy::OtherFiles;
use crate::refusal::{Refusal, listed};
use crate::split_by::SplitBy;

/// How to read a folder.
#[derive(Clone, Debug)]
pub struct FolderOptions {
    /// The kind of question.
    pub task: Task,
    /// Names of the classes in order; by default those found, sorted.
    pub classes: Option<Vec<String>>,
    /// What the parts of paths mean; by default what is believed.
    pub layout: Option<Layout>,
    /// Folders that are left out, relative to the root.
    pub ignore: Vec<String>,
    /// Where the patient is written, if not in the layout.
    pub patient: Option<Origin>,
    /// Further attributes by name.
    pub attributes: Vec<(String, Origin)>,
    /// Lists of file names that say the part of the split; there are no columns.
    pub split: Option<SplitBy>,
    /// What becomes of files that look like pictures and are not read.
    pub other_files: OtherFiles,
}

impl FolderOptions {
    /// Everything as it is found.
    pub fn new(task: Task) -> Self {
        Self {
            task,
            classes: None,
            layout: None,
            ignore: Vec::new(),
            patient: None,
            attributes: Vec::new(),
            split: None,
            other_files: OtherFiles::default(),
        }
    }
}

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
    let read = Reading {
        place: &place,
        layout: &layout,
        options,
    };
    let entries = read.entries(&pictures, &mut notes)?;
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
    let dataset = read.dataset(&listing, entries)?;
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

/// A picture with what its place says.
struct Entry<'p> {
    path: &'p str,
    said: Said<'p>,
}

struct Reading<'a> {
    place: &'a str,
    layout: &'a Layout,
    options: &'a FolderOptions,
}

impl Reading<'_> {
    /// The pictures that fit the layout; those that do not are counted by their first folder.
    fn entries<'p>(
        &self,
        pictures: &[&'p str],
        notes: &mut Vec<String>,
    ) -> Result<Vec<Entry<'p>>, Refusal> {
        let mut entries = Vec::new();
        let mut strays: Vec<(&str, usize)> = Vec::new();
        for path in pictures {
            match self.layout.read(path) {
                Some(said) => entries.push(Entry { path, said }),
                None => {
                    let top = path.split_once('/').map_or("no folder", |(top, _)| top);
                    match strays.last_mut() {
                        Some((last, count)) if *last == top => *count += 1,
                        _ => strays.push((top, 1)),
                    }
                }
            }
        }
        if entries.is_empty() {
            return Err(Refusal::at(
                self.place,
                format!("pictures at {}", self.layout.written()),
                format!("{} elsewhere, for example {}", pictures.len(), pictures[0]),
                "correct data.layout",
            ));
        }
        // A believed layout has named them already.
        if self.options.layout.is_some() {
            notes.extend(strays.iter().map(|(top, count)| {
                format!("passed over: {count} pictures in {top}, which do not fit the layout")
            }));
        }
        Ok(entries)
    }

    fn classes(&self, entries: &[Entry]) -> Result<Vec<String>, Refusal> {
        let mut found: Vec<String> = entries
            .iter()
            .filter_map(|e| e.said.class)
            .map(str::to_owned)
            .collect();
        found.sort_unstable();
        found.dedup();
        images::sort_classes(&mut found);
        if found.len() < 2 {
            return Err(Refusal::at(
                self.place,
                "at least two classes",
                format!("only {}", listed(&found, 2)),
                "say by layout which folders are the classes, such as layout = \"{split}/{class}\"",
            ));
        }
        if let Some(names) = &self.options.classes {
            let mut sorted = names.clone();
            images::sort_classes(&mut sorted);
            if sorted != found {
                return Err(Refusal::at(
                    self.place,
                    format!("class names for {}", listed(&found, 20)),
                    listed(names, 20),
                    "data.classes has to name exactly the folders there are, in the order that you want",
                ));
            }
            return Ok(names.clone());
        }
        let are_numbers = found.iter().all(|class| class.parse::<u64>().is_ok());
        if self.options.task == Task::Ordinal && !are_numbers {
            return Err(Refusal::at(
                self.place,
                "grades whose order is known",
                listed(&found, 20),
                "list them from low to high, classes = [\"lowest\", …, \"highest\"]",
            ));
        }
        Ok(found)
    }

    fn dataset(&self, listing: &Listing, entries: Vec<Entry>) -> Result<Dataset, Refusal> {
        let classes = self.classes(&entries)?;
        let mut examples = Vec::with_capacity(entries.len());
        for Entry { path, said } in &entries {
            let class = said
                .class
                .and_then(|class| classes.iter().position(|name| name == class));
            let Some(class) = class else { continue };
            examples.push(Example {
                id: (*path).to_owned(),
                label: Label::Class(class),
                patient: self.patient(path, said)?,
                partition: said.partition,
                attributes: self.attributes(path, said),
                test_set: None,
            });
        }
        self.assign_parts(&mut examples)?;
        let paths = examples
            .iter()
            .map(|example| listing.path(&example.id))
            .collect();
        let name = crate::name::last(self.place).to_owned();
        let mut dataset = Dataset::new(
            name,
            self.options.task,
            classes,
            examples,
            Arc::new(PictureFiles { paths }),
        );
        let written = self.options.attributes.iter().map(|(name, _)| name.clone());
        dataset.attributes = self
            .layout
            .attributes()
            .map(str::to_owned)
            .chain(written)
            .collect();
        Ok(dataset)
    }

    fn assign_parts(&self, examples: &mut Vec<Example>) -> Result<(), Refusal> {
        let refuse = |found: &str, write: &str| {
            let expected =
                "lists of file names, split = { train = \"train.txt\", test = \"test.txt\" }";
            Err(Refusal::at("`data.split`", expected, found, write))
        };
        match &self.options.split {
            None => Ok(()),
            Some(SplitBy::Lists(_)) if self.layout.has_split() => {
                refuse("them beside a layout with {split}", "remove one of them")
            }
            Some(SplitBy::Lists(lists)) => lists.assign(self.place, examples),
            Some(_) => refuse(
                "a column, but a folder has none",
                "name folders by layout = \"{split}/{class}\"",
            ),
        }
    }

    fn patient(&self, path: &str, said: &Said) -> Result<Option<String>, Refusal> {
        match &self.options.patient {
            None => Ok(said.patient.map(str::to_owned)),
            Some(Origin::Path(pattern)) => match pattern.pick(path) {
                Some(patient) => Ok(Some(patient.to_owned())),
                None => Err(no_match(self.place, path, pattern)),
            },
            Some(_) => Err(Refusal::at(
                "`data.patient`",
                "a pattern, as there are no columns in a folder",
                "a column",
                "write patient = { pattern = '…' }, or {patient} in data.layout",
            )),
        }
    }

    fn attributes(&self, path: &str, said: &Said) -> Vec<String> {
        let placed = said.attributes.iter().map(|value| (*value).to_owned());
        let written = self
            .options
            .attributes
            .iter()
            .map(|(_, origin)| match origin {
                Origin::Path(pattern) => pattern.pick(path).unwrap_or("").to_owned(),
                _ => String::new(),
            });
        placed.chain(written).collect()
    }
}

/// A path in which a patient should be and is not.
pub(crate) fn no_match(place: &str, path: &str, pattern: &Pattern) -> Refusal {
    Refusal::at(
        place,
        format!(
            "a patient in every path by the pattern '{}'",
            pattern.written()
        ),
        format!("none in {path}"),
        "correct the pattern of data.patient",
    )
}
