//! Several data sets as one: a table a part of the split, test sets of other sites.

use std::borrow::Cow;
use std::sync::Arc;

use formats::{Image, ImageError, Reading};

use crate::dataset::{Dataset, Example, Partition};
use crate::frame::Frame;
use crate::label::{Label, sort_classes};
use crate::pictures::{Held, Pictures};

/// What a data set becomes in the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Stays as it is.
    Whole,
    /// A part of the split.
    Part(Partition),
    /// A named test set.
    TestSet(String),
}

/// Why data sets cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// Another kind of question.
    #[error("{name} has the task {found:?}, expected {expected:?} as in the first")]
    Task {
        /// The data set.
        name: String,
        /// Task of the first.
        expected: crate::Task,
        /// Task of this one.
        found: crate::Task,
    },
    /// A test set has classes that nothing was learnt of.
    #[error(
        "test set {name}: expected classes among {known}, found {found}; rename them with values, or name its columns in the same order"
    )]
    Classes {
        /// The test set.
        name: String,
        /// Classes of the study, comma-separated.
        known: String,
        /// Classes of this set, comma-separated.
        found: String,
    },
    /// Nothing to join.
    #[error("expected a data set, found none")]
    Empty,
}

/// Puts data sets one after the other. Ids of parts and test sets begin with their name; classes
/// are matched by name, and those of a test set have to be among those of the rest.
pub fn joined(name: String, sets: Vec<(Place, Dataset)>) -> Result<Dataset, JoinError> {
    let (_, first) = sets.first().ok_or(JoinError::Empty)?;
    let (task, channels) = (first.task, first.channels);
    let classes = classes(&sets)?;
    let mut attributes: Vec<String> = Vec::new();
    for attribute in sets.iter().flat_map(|(_, set)| &set.attributes) {
        if !attributes.contains(attribute) {
            attributes.push(attribute.clone());
        }
    }
    let mut whole = Dataset {
        name,
        task,
        channels,
        test_sets: Vec::new(),
        attributes,
        examples: Vec::new(),
        pictures: Arc::new(Concatenated(
            sets.iter()
                .map(|(_, set)| (set.len(), Arc::clone(&set.pictures)))
                .collect(),
        )),
        classes,
    };
    for (place, set) in sets {
        if set.task != task {
            return Err(JoinError::Task {
                name: set.name,
                expected: task,
                found: set.task,
            });
        }
        whole.take(place, set)?;
    }
    Ok(whole)
}

/// The classes of the whole: those of its parts, in the order of the first where all agree.
fn classes(sets: &[(Place, Dataset)]) -> Result<Vec<String>, JoinError> {
    let mut all: Vec<String> = Vec::new();
    let mut agree = true;
    let own = sets
        .iter()
        .filter(|(place, _)| !matches!(place, Place::TestSet(_)));
    for (number, (_, set)) in own.enumerate() {
        agree &= number == 0 || set.classes == all;
        for class in &set.classes {
            if !all.contains(class) {
                all.push(class.clone());
            }
        }
    }
    if !agree {
        sort_classes(&mut all);
    }
    Ok(all)
}

impl Dataset {
    fn take(&mut self, place: Place, set: Dataset) -> Result<(), JoinError> {
        let to: Option<Vec<usize>> = set
            .classes
            .iter()
            .map(|class| self.classes.iter().position(|known| known == class))
            .collect();
        let listed = |names: &[String]| names.join(", ");
        let Some(to) = to else {
            return Err(JoinError::Classes {
                name: match place {
                    Place::TestSet(name) => name,
                    _ => set.name,
                },
                known: listed(&self.classes),
                found: listed(&set.classes),
            });
        };
        let prefix = match &place {
            Place::Whole => None,
            Place::Part(partition) => Some(partition.name().to_owned()),
            Place::TestSet(name) => Some(name.clone()),
        };
        let test_set = match &place {
            Place::TestSet(name) => {
                self.test_sets.push(name.clone());
                Some(self.test_sets.len() - 1)
            }
            _ => None,
        };
        let values: Vec<Option<usize>> = self
            .attributes
            .iter()
            .map(|name| set.attributes.iter().position(|own| own == name))
            .collect();
        for example in set.examples {
            let label = match &example.label {
                Label::Class(class) => Label::Class(to[*class]),
                Label::Findings(findings) => {
                    let mut whole = vec![None; self.classes.len()];
                    for (finding, to) in findings.iter().zip(&to) {
                        whole[*to] = *finding;
                    }
                    Label::Findings(whole)
                }
            };
            let value = |place: &Option<usize>| {
                place
                    .and_then(|place| example.attributes.get(place))
                    .cloned()
                    .unwrap_or_default()
            };
            self.examples.push(Example {
                id: match &prefix {
                    None => example.id.clone(),
                    Some(prefix) => format!("{prefix}/{}", example.id),
                },
                label,
                patient: example.patient.clone(),
                partition: match &place {
                    Place::Whole => example.partition,
                    Place::Part(partition) => Some(*partition),
                    Place::TestSet(_) => None,
                },
                attributes: values.iter().map(value).collect(),
                test_set,
            });
        }
        Ok(())
    }
}

/// Pictures of several sources, one after the other, each with its number of pictures.
struct Concatenated(Vec<(usize, Arc<dyn Pictures>)>);

impl Concatenated {
    fn locate(&self, mut index: usize) -> Result<(&dyn Pictures, usize), ImageError> {
        for (count, pictures) in &self.0 {
            if index < *count {
                return Ok((pictures.as_ref(), index));
            }
            index -= count;
        }
        Err(ImageError::Io("no such picture".into()))
    }
}

impl Pictures for Concatenated {
    fn read(&self, index: usize) -> Result<Image, ImageError> {
        let (pictures, index) = self.locate(index)?;
        pictures.read(index)
    }

    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        let (pictures, index) = self.locate(index)?;
        pictures.content(index)
    }

    fn decoder(&self) -> String {
        let mut decoders: Vec<String> = self
            .0
            .iter()
            .map(|(_, pictures)| pictures.decoder())
            .collect();
        decoders.sort();
        decoders.dedup();
        decoders.join("; ")
    }

    fn digest(&self, index: usize) -> Result<[u8; 32], ImageError> {
        let (pictures, index) = self.locate(index)?;
        pictures.digest(index)
    }

    fn reading(&self, index: usize) -> Option<Reading> {
        let (pictures, index) = self.locate(index).ok()?;
        pictures.reading(index)
    }

    fn held(&self, index: usize) -> Option<Result<Held, ImageError>> {
        let (pictures, index) = self.locate(index).ok()?;
        pictures.held(index)
    }

    fn other_frame(&self, frame: &Frame) -> Option<Frame> {
        let mut sources = self.0.iter();
        sources.find_map(|(_, pictures)| pictures.other_frame(frame))
    }
}
