//! The pictures of a study: its source, or those of the parts of its split, and its test sets.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use images::{Dataset, Partition, Place, Task, joined};
use sources::{Noted, SourceFlow};

use super::bounds;
use super::data_spec::DataSpec;
use super::error::StudyError;
use super::source_keys::SourceKeys;
use super::source_kind::Source;
use super::source_text::{SourceParts, SourceText};
use super::written_source::WrittenSource;

/// Reads labels and the list of pictures, and what should be known of the reading; pictures
/// themselves are decoded later. Paths are relative to `base`, the folder of the configuration.
pub fn open(spec: &DataSpec, base: &Path) -> Result<Noted, anyhow::Error> {
    let mut noted = gathered(spec, base)?;
    if let Some(name) = &spec.name {
        noted.dataset.name = name.clone();
    }
    exclude(&mut noted.dataset, &spec.exclude, &mut noted.notes)?;
    Ok(noted)
}

/// All that the sources of a study hold, before pictures are left out by id.
pub(crate) fn gathered(spec: &DataSpec, base: &Path) -> Result<Noted, anyhow::Error> {
    let main = read(&spec.source, spec, base)?;
    let mut notes = main.notes;
    let mut flow = main.flow;
    let mut said = main.said;
    let mut dataset = main.dataset;
    if !spec.tests.is_empty() {
        let name = dataset.name.clone();
        let mut sets = vec![(Place::Whole, dataset)];
        for (name, source) in &spec.tests {
            check_test_name(name)?;
            let read = read(source, spec, base).with_context(|| format!("test set `{name}`"))?;
            notes.extend(
                read.notes
                    .into_iter()
                    .map(|note| format!("test set {name}: {note}")),
            );
            flow.extend(named(read.flow, name));
            said.extend(read.said);
            sets.push((Place::TestSet(name.clone()), read.dataset));
        }
        dataset = joined(name, sets)?;
    }
    check_numbering(&notes)?;
    Ok(Noted {
        dataset,
        notes,
        flow,
        said,
    })
}

/// What was counted of a part or a test set, under its name.
fn named(flow: Vec<SourceFlow>, name: &str) -> impl Iterator<Item = SourceFlow> {
    flow.into_iter().map(move |source| SourceFlow {
        name: name.to_owned(),
        ..source
    })
}

/// Refuses sources that count their classes from different numbers.
fn check_numbering(notes: &[String]) -> Result<(), StudyError> {
    let told = notes
        .iter()
        .filter_map(|note| note.split_once("numbers of classes count from "));
    let starts: BTreeSet<&str> = told.map(|(_, start)| start).collect();
    if starts.len() < 2 {
        return Ok(());
    }
    let starts: Vec<&str> = starts.into_iter().collect();
    Err(StudyError::Value {
        field: "data.labels_from",
        expected: "one number of the first class in all parts and test sets".into(),
        found: format!("{}; write labels_from = 0 or 1", starts.join(" and ")),
    })
}

/// One source, or those of the parts of its split.
fn read(written: &WrittenSource, spec: &DataSpec, base: &Path) -> Result<Noted, anyhow::Error> {
    let (base, text) = inside(written, base)?;
    let parts = match &text {
        SourceText::One(text) => return read_one(text, &written.keys, spec, &base),
        SourceText::Parts(parts) => parts,
    };
    let written_parts = [
        (Partition::Train, Some(&parts.train)),
        (Partition::Validation, parts.validation.as_ref()),
        (Partition::Test, parts.test.as_ref()),
    ];
    let (mut sets, mut notes, mut flow, mut name) = (Vec::new(), Vec::new(), Vec::new(), None);
    let mut said = Vec::new();
    for (partition, text) in written_parts {
        let Some(text) = text else { continue };
        let read = read_one(text, &written.keys, spec, &base)?;
        if read
            .dataset
            .examples
            .iter()
            .any(|example| example.partition.is_some())
        {
            return Err(StudyError::Value {
                field: "data.source",
                expected: "one split".into(),
                found: format!("a source for each part beside a split inside {text}; remove data.split, or name one source"),
            }
            .into());
        }
        for note in read.notes {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        name.get_or_insert(read.dataset.name.clone());
        flow.extend(named(read.flow, partition.name()));
        said.extend(read.said);
        sets.push((Place::Part(partition), read.dataset));
    }
    let dataset = joined(name.unwrap_or_default(), sets)?;
    Ok(Noted {
        dataset,
        notes,
        flow,
        said,
    })
}

/// Where a recipe's source lies: below the folder that the user names.
fn inside(written: &WrittenSource, base: &Path) -> Result<(PathBuf, SourceText), anyhow::Error> {
    let (Some(inside), SourceText::One(text)) = (&written.inside, &written.text) else {
        return Ok((base.into(), written.text.clone()));
    };
    let folder = base.join(text);
    if !folder.is_dir() {
        return Ok((base.into(), written.text.clone()));
    }
    let found = |pattern: &String| one_file(&folder, pattern);
    let inside = match inside {
        SourceText::One(pattern) => SourceText::One(found(pattern)?),
        SourceText::Parts(parts) => SourceText::Parts(SourceParts {
            train: found(&parts.train)?,
            validation: parts.validation.as_ref().map(found).transpose()?,
            test: parts.test.as_ref().map(found).transpose()?,
        }),
    };
    Ok((folder, inside))
}

/// The one file of `folder` that a recipe names, where a `*` in the file name stands for anything.
fn one_file(folder: &Path, pattern: &str) -> Result<String, StudyError> {
    let Some((before, after)) = pattern.split_once('*') else {
        return Ok(pattern.into());
    };
    let refuse = |found: String| StudyError::Value {
        field: "data.source",
        expected: format!(
            "one file {pattern} in {}, as the recipe says",
            folder.display()
        ),
        found,
    };
    let entries = std::fs::read_dir(folder).map_err(|error| refuse(error.to_string()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            name.starts_with(before) && name.ends_with(after) && folder.join(name).is_file()
        })
        .collect();
    names.sort();
    match &names[..] {
        [one] => Ok(one.clone()),
        [] => Err(refuse("none".into())),
        several => Err(refuse(format!(
            "{}; name one of them as data.source",
            several.join(" and ")
        ))),
    }
}

fn read_one(
    text: &str,
    keys: &SourceKeys,
    spec: &DataSpec,
    base: &Path,
) -> Result<Noted, anyhow::Error> {
    let source = Source::find(text, keys, spec, base)?;
    let read = source.read(spec)?;
    if read.dataset.task != spec.task {
        let word = |task: Task| format!("{task:?}").to_lowercase();
        return Err(StudyError::Value {
            field: "data.task",
            expected: format!("\"{}\", the task of {text}", word(read.dataset.task)),
            found: format!("\"{}\"", word(spec.task)),
        }
        .into());
    }
    Ok(read)
}

/// Leaves pictures out by id.
fn exclude(
    dataset: &mut Dataset,
    ids: &[String],
    notes: &mut Vec<String>,
) -> Result<(), StudyError> {
    if ids.is_empty() {
        return Ok(());
    }
    let known: HashSet<&str> = dataset
        .examples
        .iter()
        .map(|example| example.id.as_str())
        .collect();
    if let Some(unknown) = ids.iter().find(|id| !known.contains(id.as_str())) {
        return Err(StudyError::Value {
            field: "data.exclude",
            expected: "ids of pictures, as `transfusion data audit` writes them".into(),
            found: format!("`{unknown}`, which no picture has"),
        });
    }
    let excluded: HashSet<&String> = ids.iter().collect();
    let kept: Vec<usize> = (0..dataset.len())
        .filter(|index| !excluded.contains(&dataset.examples[*index].id))
        .collect();
    notes.push(format!(
        "left out: {} pictures by data.exclude",
        dataset.len() - kept.len()
    ));
    *dataset = dataset.only(&kept);
    Ok(())
}

/// Names of test sets become names of files.
fn check_test_name(name: &str) -> Result<(), StudyError> {
    let is_plain = !name.is_empty()
        && bounds::TEST.text(name).is_ok()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if is_plain && Partition::parse(name).is_none() {
        return Ok(());
    }
    Err(StudyError::Value {
        field: "data.test",
        expected: format!(
            "a name of {}, letters, digits, - and _, that is no part of the split",
            bounds::TEST
        ),
        found: format!("`{name}`"),
    })
}
