//! Pictures, classes and patients by the places of files.

use std::sync::Arc;

use images::{Dataset, Example, Label, Partition, Task};

use super::layout::{Layout, Said};
use super::options::FolderOptions;
use crate::listing::Listing;
use crate::name::one_in_two_spellings;
use crate::origin::Origin;
use crate::pattern::Pattern;
use crate::picture_files::PictureFiles;
use crate::refusal::{Refusal, listed};
use crate::split_by::SplitBy;

/// A picture with what its place says.
pub(super) struct Entry<'p> {
    path: &'p str,
    said: Said<'p>,
}

pub(super) struct ByLayout<'a> {
    pub(super) place: &'a str,
    pub(super) layout: &'a Layout,
    pub(super) options: &'a FolderOptions,
}

impl ByLayout<'_> {
    /// The pictures that fit the layout; those that do not are counted by their first folder.
    pub(super) fn entries<'p>(
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
                let why = match Partition::parse(top) {
                    Some(part) if self.layout.has_split() => {
                        format!("so they have no label and are no {} set", part.name())
                    }
                    _ => "as its layout says nothing of them".to_owned(),
                };
                format!("passed over: {count} pictures in {top} that do not fit the layout, {why}")
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
        if let Some([a, b]) = one_in_two_spellings(found.iter().map(String::as_str)) {
            return Err(Refusal::at(
                self.place,
                "one spelling of each class",
                format!("the folders `{a}` and `{b}`"),
                "rename one of them",
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

    /// The pictures of `entries`, and how many of these have no class.
    pub(super) fn dataset(
        &self,
        listing: &Listing,
        entries: Vec<Entry>,
    ) -> Result<(Dataset, usize), Refusal> {
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
        let unlabelled = entries.len() - examples.len();
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
            Arc::new(PictureFiles {
                paths,
                reading: self.options.reading,
            }),
        );
        let written = self.options.attributes.iter().map(|(name, _)| name.clone());
        dataset.attributes = self
            .layout
            .attributes()
            .map(str::to_owned)
            .chain(written)
            .collect();
        Ok((dataset, unlabelled))
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
            None | Some(Origin::Tag(_)) => Ok(said.patient.map(str::to_owned)),
            Some(Origin::OrOwn(origin)) if matches!(**origin, Origin::Path(_)) => {
                let Origin::Path(pattern) = &**origin else {
                    return Ok(None);
                };
                Ok(Some(pattern.pick(path).unwrap_or(path).to_owned()))
            }
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
fn no_match(place: &str, path: &str, pattern: &Pattern) -> Refusal {
    Refusal::at(
        place,
        format!(
            "a patient in every path by the pattern '{}'",
            pattern.written()
        ),
        format!("none in {path}"),
        "correct the pattern of data.patient, or let such a picture stand for itself, patient = { pattern = '…', blank = \"own\" }",
    )
}
