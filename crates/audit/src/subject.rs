//! What is audited.

use images::{Dataset, Label, Task};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::traits::Traits;

/// Labelled pictures in their parts, with all that is known of them.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Names of the classes, or of the findings, by index.
    pub classes: Vec<String>,
    /// The kind of question.
    pub task: Task,
    /// Names of the parts by index, training first: `training`, `validation`, `test`, `siteB` …
    /// One name where nothing is split yet.
    pub parts: Vec<String>,
    /// Names of the attributes by index.
    pub attributes: Vec<String>,
    /// One entry a picture.
    pub pictures: Vec<Picture>,
}

/// One picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// File name relative to the root with `/` between folders, or array and row.
    pub id: String,
    /// What is known of it.
    pub label: Label,
    /// Whose picture it is, where known.
    pub patient: Option<String>,
    /// Index into [`Subject::parts`].
    pub part: usize,
    /// In the order of [`Subject::attributes`]; empty = unknown.
    pub attributes: Vec<String>,
    /// What its pixels say; `None` for a picture that could not be read.
    pub traits: Option<Traits>,
}

/// A subject that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum SubjectError {
    /// A picture lies in a part that there is not.
    #[error("picture `{id}`: expected a part from 0 to {}, found {part}", parts.saturating_sub(1))]
    Part {
        /// The picture.
        id: String,
        /// Its part.
        part: usize,
        /// How many there are.
        parts: usize,
    },
    /// A label does not go with the task and the classes.
    #[error("picture `{id}`: expected {expected}, found {found:?}")]
    Label {
        /// The picture.
        id: String,
        /// What the label may be.
        expected: String,
        /// Its label.
        found: Label,
    },
    /// A picture has more or fewer attributes than there are names.
    #[error("picture `{id}`: expected {expected} attributes, found {found}")]
    Attributes {
        /// The picture.
        id: String,
        /// How many names there are.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// There are more pictures than can be numbered.
    #[error("expected at most {limit} pictures, found {found}")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many are audited at most.
        limit: usize,
    },
}

/// Most pictures of one audit.
const MOST_PICTURES: usize = u32::MAX as usize;

impl Subject {
    /// The subject that a data set is, each picture in its official part (or in one part, where
    /// there are none), decoded by all threads one picture at a time each.
    pub fn of(dataset: &Dataset) -> Self {
        let mut parts: Vec<_> = dataset.examples.iter().map(|e| e.partition).collect();
        parts.sort_unstable();
        parts.dedup();
        let pictures = (0..dataset.len()).into_par_iter().map(|index| {
            let example = &dataset.examples[index];
            Picture {
                id: example.id.clone(),
                label: example.label.clone(),
                patient: example.patient.clone(),
                part: parts.binary_search(&example.partition).unwrap_or(0),
                attributes: example.attributes.clone(),
                traits: traits(dataset, index),
            }
        });
        let pictures = pictures.collect();
        let name = |part: &Option<images::Partition>| part.map_or("all", images::Partition::name);
        Self {
            classes: dataset.classes.clone(),
            task: dataset.task,
            parts: parts.iter().map(|part| name(part).to_owned()).collect(),
            attributes: dataset.attributes.clone(),
            pictures,
        }
    }

    /// The subject that a data set is in one part, without looking at a picture.
    pub fn undecoded(dataset: &Dataset) -> Self {
        let pictures = dataset.examples.iter().map(|example| Picture {
            id: example.id.clone(),
            label: example.label.clone(),
            patient: example.patient.clone(),
            part: 0,
            attributes: example.attributes.clone(),
            traits: None,
        });
        Self {
            classes: dataset.classes.clone(),
            task: dataset.task,
            parts: vec!["all".into()],
            attributes: dataset.attributes.clone(),
            pictures: pictures.collect(),
        }
    }

    /// Refuses a subject that contradicts itself.
    pub(crate) fn check(&self) -> Result<(), SubjectError> {
        if self.pictures.len() > MOST_PICTURES {
            return Err(SubjectError::TooMany {
                found: self.pictures.len(),
                limit: MOST_PICTURES,
            });
        }
        self.pictures
            .iter()
            .try_for_each(|picture| self.check_one(picture))
    }

    fn check_one(&self, picture: &Picture) -> Result<(), SubjectError> {
        let id = || picture.id.clone();
        if picture.part >= self.parts.len() {
            return Err(SubjectError::Part {
                id: id(),
                part: picture.part,
                parts: self.parts.len(),
            });
        }
        if picture.attributes.len() != self.attributes.len() {
            return Err(SubjectError::Attributes {
                id: id(),
                expected: self.attributes.len(),
                found: picture.attributes.len(),
            });
        }
        let classes = self.classes.len();
        let (fits, expected) = match (&picture.label, self.task) {
            (Label::Findings(findings), Task::Multilabel) => {
                (findings.len() == classes, format!("{classes} findings"))
            }
            (_, Task::Multilabel) => (false, format!("{classes} findings")),
            (Label::Class(class), _) => (*class < classes, format!("one of {classes} classes")),
            (Label::Findings(_), _) => (false, format!("one of {classes} classes")),
        };
        if fits {
            return Ok(());
        }
        Err(SubjectError::Label {
            id: id(),
            expected,
            found: picture.label.clone(),
        })
    }
}

fn traits(dataset: &Dataset, index: usize) -> Option<Traits> {
    if let Some(held) = dataset.pictures.held(index) {
        return Traits::of_note(&held.ok()?.note);
    }
    let image = dataset.pictures.read(index).ok()?;
    let bytes = dataset.pictures.content(index).ok()?;
    Some(Traits::of(&bytes, &image))
}
