//! Opens the data that `[data]` names.

use std::path::Path;

use images::npz::NpzOptions;
use images::phantom::{Fundus, Objects};
use images::table::TableOptions;
use images::{DataError, Dataset, folder, npz, table};
use networks::zoo;

use super::error::StudyError;
use super::spec::{Columns, DataSpec};
use depot::catalogue;

/// Reads labels and the list of pictures; pictures themselves are decoded later. Paths are
/// relative to `base`, the folder of the configuration.
pub fn open(spec: &DataSpec, base: &Path) -> Result<Dataset, anyhow::Error> {
    let mut dataset = match spec.source.as_str() {
        "phantom-fundus" => Fundus {
            seed: spec.seed,
            patients: spec.count,
            size: spec.size,
        }
        .into(),
        "phantom-objects" => Objects {
            seed: spec.seed,
            count: spec.count,
            size: spec.size,
        }
        .into(),
        name if catalogue::find(name).is_some() => open_file(spec, &catalogue::locate(name)?)?,
        path => open_file(spec, &base.join(path))?,
    };
    if dataset.task != spec.task {
        let word = |task: images::Task| format!("{task:?}").to_lowercase();
        return Err(StudyError::Value {
            field: "data.task",
            expected: format!("\"{}\", the task of {}", word(dataset.task), spec.source),
            found: format!("\"{}\"", word(spec.task)),
        }
        .into());
    }
    if let Some(name) = &spec.name {
        dataset.name = name.clone();
    }
    Ok(dataset)
}

/// A path at which nothing is: mistyped, or meant as the name of a data set.
fn absent(written: &str, path: &Path) -> StudyError {
    let mut names = vec!["phantom-fundus", "phantom-objects"];
    names.extend(catalogue::ENTRIES.iter().map(|e| e.name));
    let meant = zoo::nearest(written, &names);
    StudyError::Value {
        field: "data.source",
        expected: format!(
            "a file or folder, relative to the configuration, or one of {}",
            names.join(", ")
        ),
        found: format!(
            "nothing at {}{}",
            path.display(),
            meant.map_or(String::new(), |name| format!(" (did you mean `{name}`?)"))
        ),
    }
}

fn open_file(spec: &DataSpec, path: &Path) -> Result<Dataset, anyhow::Error> {
    let metadata = match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(absent(&spec.source, path).into());
        }
        found => found.map_err(|source| DataError::Io {
            path: path.into(),
            source,
        })?,
    };
    if metadata.is_dir() {
        return Ok(folder::read(path, spec.task, spec.classes.as_deref())?);
    }
    match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("npz") => {
            let mut options = NpzOptions::new(spec.task);
            options.class_names = spec.classes.clone();
            Ok(npz::read(path, &options)?)
        }
        Some("csv") => {
            let beside = path.parent().unwrap_or(Path::new("."));
            let options = TableOptions {
                root: match &spec.image_root {
                    Some(root) => beside.join(root),
                    None => beside.into(),
                },
                task: spec.task,
                image: spec.image.clone(),
                labels: match &spec.label {
                    Columns::One(column) => vec![column.clone()],
                    Columns::Many(columns) => columns.clone(),
                },
                patient: spec.patient.clone(),
                split: spec.split.clone(),
                uncertain: spec.uncertain,
                class_names: spec.classes.clone(),
            };
            Ok(table::read(path, &options)?)
        }
        _ => Err(StudyError::Value {
            field: "data.source",
            expected: "a .npz file, a folder of class folders, a .csv table, phantom-fundus, phantom-objects, or a data set of `transfusion data list`".into(),
            found: path.display().to_string(),
        }
        .into()),
    }
}
