//! Folders of classes: `root/<class>/<picture>`, or `root/<split>/<class>/<picture>`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dataset::{Dataset, Example, Partition, Pictures};
use crate::error::DataError;
use crate::label::{Label, Task, sort_classes};
use formats::ImageError;
use formats::decode::{DECODER, MAX_FILE_BYTES, decode, read_bounded};
use formats::image::Image;

/// File name endings taken for pictures, in any letter case.
pub const EXTENSIONS: [&str; 3] = ["png", "jpg", "jpeg"];

/// Deepest nesting of folders below a class.
const MAX_DEPTH: usize = 8;

/// Lists the pictures below `root`. The sub-folders of `root` are the classes, in the order of
/// `class_names` or else sorted (by value if all are integers), unless all of them name a split (`train`, `val`,
/// `valid`, `validation`, `test`): then their sub-folders are. Hidden files are ignored.
pub fn read(root: &Path, task: Task, class_names: Option<&[String]>) -> Result<Dataset, DataError> {
    let place = root.display().to_string();
    if task == Task::Multilabel {
        return Err(DataError::TaskMismatch {
            place,
            reason: "class folders hold one class a picture; a multilabel task needs a table"
                .into(),
        });
    }
    let top = list(root)?.folders;
    let split = !top.is_empty() && top.iter().all(|name| Partition::parse(name).is_some());
    let mut found = Vec::new();
    if split {
        for name in &top {
            let partition = Partition::parse(name);
            for class in list(&root.join(name))?.folders {
                found.push((partition, format!("{name}/{class}"), class));
            }
        }
    } else {
        found.extend(top.into_iter().map(|class| (None, class.clone(), class)));
    }
    let classes = order_classes(&place, &found, class_names)?;
    let are_numbers = classes.iter().all(|class| class.parse::<u64>().is_ok());
    if task == Task::Ordinal && class_names.is_none() && !are_numbers {
        return Err(DataError::TaskMismatch {
            place,
            reason: format!(
                "the order of the grades {} is not known; list them from low to high as the classes",
                classes.join(", ")
            ),
        });
    }

    let mut examples = Vec::new();
    for (partition, folder, class) in found {
        let Some(class) = classes.iter().position(|name| *name == class) else {
            continue;
        };
        let mut ids = Vec::new();
        pictures_below(root, &folder, 0, &mut ids)?;
        examples.extend(ids.into_iter().map(|id| Example {
            id,
            label: Label::Class(class),
            patient: None,
            partition,
            attributes: Vec::new(),
        }));
    }
    if examples.is_empty() {
        return Err(DataError::NoPictures {
            place,
            expected: "<class>/*.png|jpg|jpeg or <split>/<class>/*.png|jpg|jpeg",
        });
    }
    let paths = examples
        .iter()
        .map(|example| root.join(&example.id))
        .collect();
    let name = root
        .file_name()
        .map_or(place, |name| name.to_string_lossy().into_owned());
    Ok(Dataset::new(
        name,
        task,
        classes,
        examples,
        Arc::new(PictureFiles { paths }),
    ))
}

fn order_classes(
    place: &str,
    found: &[(Option<Partition>, String, String)],
    class_names: Option<&[String]>,
) -> Result<Vec<String>, DataError> {
    let mut classes: Vec<String> = found.iter().map(|(_, _, class)| class.clone()).collect();
    classes.sort();
    classes.dedup();
    sort_classes(&mut classes);
    let Some(names) = class_names else {
        return Ok(classes);
    };
    let mut sorted = names.to_vec();
    sort_classes(&mut sorted);
    if sorted == classes {
        return Ok(names.to_vec());
    }
    Err(DataError::ClassNames {
        place: place.into(),
        expected: classes.join(", "),
        found: names.join(", "),
    })
}

struct Listing {
    folders: Vec<String>,
    files: Vec<String>,
}

/// The visible entries of a folder, sorted by name.
fn list(folder: &Path) -> Result<Listing, DataError> {
    let io = |source| DataError::Io {
        path: folder.to_path_buf(),
        source,
    };
    let mut listing = Listing {
        folders: Vec::new(),
        files: Vec::new(),
    };
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(io(std::io::Error::other(format!(
                "expected file names in UTF-8, found {}",
                path.display()
            ))));
        };
        if name.starts_with('.') {
            continue;
        }
        let list = if path.is_dir() {
            &mut listing.folders
        } else {
            &mut listing.files
        };
        list.push(name.to_owned());
    }
    listing.folders.sort();
    listing.files.sort();
    Ok(listing)
}

fn pictures_below(
    root: &Path,
    folder: &str,
    depth: usize,
    ids: &mut Vec<String>,
) -> Result<(), DataError> {
    let path = root.join(folder);
    if depth > MAX_DEPTH {
        let source = std::io::Error::other(format!("folders nest deeper than {MAX_DEPTH}"));
        return Err(DataError::Io { path, source });
    }
    let listing = list(&path)?;
    for file in listing.files {
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        if EXTENSIONS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(extension))
        {
            ids.push(format!("{folder}/{file}"));
        }
    }
    for inner in listing.folders {
        pictures_below(root, &format!("{folder}/{inner}"), depth + 1, ids)?;
    }
    Ok(())
}

/// Picture files, decoded when asked for.
pub(crate) struct PictureFiles {
    pub(crate) paths: Vec<PathBuf>,
}

impl Pictures for PictureFiles {
    fn read(&self, index: usize) -> Result<Image, ImageError> {
        decode(&self.content(index)?)
    }

    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        read_bounded(&self.paths[index], MAX_FILE_BYTES).map(Cow::Owned)
    }

    fn decoder(&self) -> String {
        DECODER.into()
    }
}
