//! From the keys of a source to how it is read.

use std::path::Path;

use images::Task;
use sources::folder::{FolderOptions, Layout};
use sources::table::{Dialect, ImageName, Join, TableOptions};

use super::columns::Columns;
use super::error::StudyError;
use super::source_keys::SourceKeys;
use super::written_join::{Unmatched, WrittenKey};
use super::written_origin::{WrittenAttributes, WrittenOrigin};
use super::written_reading::reading;

/// How the folder at `path` is read; takes its own of the keys.
pub(crate) fn folder(
    path: &Path,
    keys: &mut SourceKeys,
    task: Task,
) -> Result<FolderOptions, StudyError> {
    let origin = |origin: WrittenOrigin| origin.origin("data.patient");
    Ok(FolderOptions {
        task,
        classes: keys.classes.take(),
        layout: keys
            .layout
            .take()
            .map(|layout| Layout::new(&layout))
            .transpose()?,
        ignore: keys.ignore.take().unwrap_or_default(),
        patient: keys.patient.take().map(origin).transpose()?,
        attributes: keys
            .attributes
            .take()
            .map(WrittenAttributes::origins)
            .transpose()?
            .unwrap_or_default(),
        split: keys.split.take().and_then(|split| split.split_by(path)),
        reading: reading(keys)?,
        other_files: keys.other_files.take().unwrap_or_default(),
    })
}

/// How the table at `path` is read; takes its own of the keys.
pub(crate) fn table(
    path: &Path,
    keys: &mut SourceKeys,
    task: Task,
) -> Result<TableOptions, StudyError> {
    let beside = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let root = keys
        .image_root
        .take()
        .map_or(beside.into(), |root| beside.join(root));
    let origin = |origin: WrittenOrigin| origin.origin("data.patient");
    let mut options = TableOptions::new(root, task);
    options.image = ImageName::new(keys.image.take().unwrap_or_else(|| "image".into()));
    options.labels = keys
        .label
        .take()
        .map_or(vec!["label".into()], Columns::names);
    options.separator = keys.separator.take();
    options.nothing = keys.nothing.take();
    options.classes = keys.classes.take();
    options.labels_from = keys.labels_from.take();
    options.values = keys.values.take().unwrap_or_default();
    options.uncertain = keys.uncertain.take();
    options.blank = keys.blank.take();
    options.rows = keys.rows.take().unwrap_or_default();
    options.patient = keys.patient.take().map(origin).transpose()?;
    options.split = keys.split.take().and_then(|split| split.split_by(beside));
    options.attributes = keys
        .attributes
        .take()
        .map(WrittenAttributes::origins)
        .transpose()?
        .unwrap_or_default();
    options.only = keys.only.take().unwrap_or_default();
    options.missing_files = keys.missing_files.take().unwrap_or_default();
    options.reading = reading(keys)?;
    options.dialect = Dialect {
        delimiter: keys.delimiter.take(),
        encoding: keys.encoding.take(),
        header: keys.header.take(),
    };
    let joins = keys
        .join
        .take()
        .unwrap_or_default()
        .into_iter()
        .map(|join| {
            let (left, right) = match join.on {
                WrittenKey::Both(column) => (column.clone(), column),
                WrittenKey::Each { left, right } => (left, right),
            };
            Join {
                path: beside.join(join.source),
                left,
                right,
                keeps_unmatched: join.unmatched == Unmatched::Keep,
            }
        });
    options.joins = joins.collect();
    Ok(options)
}
