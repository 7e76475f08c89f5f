//! Audits pictures as they lie in a folder, an archive or a table.
//!
//! ```text
//! cargo run --release -p audit --example audit_data -- data.npz [--classes malignant,normal]
//! cargo run --release -p audit --example audit_data -- folder
//! cargo run --release -p audit --example audit_data -- table.csv --root pictures --image file \
//!     --label pneumonia [--patient column] [--part column] [--attributes sex,age] [--multilabel]
//! ```
//! `--json` prints the audit as JSON; `--sheet file.png` draws the first copies side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use audit::{Audit, Kind, Picture, Subject, Traits, sheet};
use formats::decode::{MAX_FILE_BYTES, read_bounded};
use images::npz::NpzOptions;
use images::{Dataset, Image, Label, Task, decode};
use rayon::prelude::*;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let source = arguments
        .next()
        .ok_or("expected an archive, a folder or a table")?;
    let mut options: BTreeMap<String, String> = BTreeMap::new();
    while let Some(option) = arguments.next() {
        let name = option.trim_start_matches("--").to_owned();
        let value = match name.as_str() {
            "json" | "multilabel" => String::new(),
            _ => arguments.next().ok_or(format!("--{name} needs a value"))?,
        };
        options.insert(name, value);
    }
    let task = match options.contains_key("multilabel") {
        true => Task::Multilabel,
        false => Task::Multiclass,
    };
    let source = PathBuf::from(source);
    let start = Instant::now();
    let (subject, read) = if source.extension().is_some_and(|ending| ending == "csv") {
        of_table(&source, &options, task)?
    } else {
        of_dataset(&source, &options, task)?
    };
    let decoded = start.elapsed();
    let start = Instant::now();
    let audit = Audit::of(&subject)?;
    eprintln!(
        "decoding {:.1} s, audit {:.2} s",
        decoded.as_secs_f64(),
        start.elapsed().as_secs_f64()
    );
    match options.contains_key("json") {
        true => println!("{}", serde_json::to_string_pretty(&audit)?),
        false => print!("{}", audit.text()),
    }
    if let Some(path) = options.get("sheet") {
        let copies = audit
            .findings
            .iter()
            .filter(|f| matches!(f.kind, Kind::Copies { .. }));
        let groups: Vec<Vec<Image>> = copies
            .flat_map(|finding| &finding.examples)
            .map(|example| {
                example
                    .members
                    .iter()
                    .filter_map(|m| read(m.picture))
                    .collect()
            })
            .collect();
        if let Some(png) = sheet(&groups, 224) {
            std::fs::write(path, png)?;
        }
    }
    Ok(())
}

/// Reads a picture again, by its index.
type Read = Box<dyn Fn(usize) -> Option<Image>>;

fn of_dataset(
    source: &Path,
    options: &BTreeMap<String, String>,
    task: Task,
) -> Outcome<(Subject, Read)> {
    let classes = options.get("classes");
    let classes = classes.map(|names| names.split(',').map(str::to_owned).collect::<Vec<_>>());
    let dataset: Dataset = if source.is_dir() {
        images::folder::read(source, task, classes.as_deref())?
    } else {
        let class_names = classes;
        let options = NpzOptions {
            class_names,
            ..NpzOptions::new(task)
        };
        images::npz::read(source, &options)?
    };
    let subject = Subject::of(&dataset);
    Ok((subject, Box::new(move |index| dataset.image(index).ok())))
}

fn of_table(
    source: &Path,
    options: &BTreeMap<String, String>,
    task: Task,
) -> Outcome<(Subject, Read)> {
    let mut reader = csv::Reader::from_path(source)?;
    let header = reader.headers()?.clone();
    let find = |name: &str| {
        let position = header.iter().position(|cell| cell == name);
        position.ok_or(format!("no column `{name}`"))
    };
    let columns = |option: &str| -> Result<Vec<usize>, String> {
        let names = options.get(option).map(String::as_str).unwrap_or_default();
        names
            .split(',')
            .filter(|name| !name.is_empty())
            .map(find)
            .collect()
    };
    let image = *columns("image")?.first().ok_or("--image is needed")?;
    let (labels, attributes) = (columns("label")?, columns("attributes")?);
    let (patient, part) = (
        columns("patient")?.first().copied(),
        columns("part")?.first().copied(),
    );
    let rows = reader.into_records().collect::<Result<Vec<_>, _>>()?;
    let values = |column: usize| {
        rows.iter()
            .map(|row| row[column].to_owned())
            .collect::<BTreeSet<_>>()
    };
    let classes: Vec<String> = match task {
        Task::Multilabel => labels
            .iter()
            .map(|&column| header[column].to_owned())
            .collect(),
        _ => values(*labels.first().ok_or("--label is needed")?)
            .into_iter()
            .collect(),
    };
    // Training first, whatever the alphabet says.
    let mut parts: Vec<String> = part.map_or(vec!["all".into()], |part| {
        values(part).into_iter().collect()
    });
    parts.sort_by_key(|name| !name.starts_with("train"));
    let root = options.get("root").map_or(PathBuf::new(), PathBuf::from);
    let paths: Vec<PathBuf> = rows.iter().map(|row| root.join(&row[image])).collect();
    let pictures = rows.par_iter().zip(&paths).map(|(row, path)| {
        let label = match task {
            Task::Multilabel => {
                let finding = |&column: &usize| match &row[column] {
                    "" => None,
                    cell => Some(cell == "1"),
                };
                Label::Findings(labels.iter().map(finding).collect())
            }
            _ => Label::Class(
                classes
                    .iter()
                    .position(|class| *class == row[labels[0]])
                    .unwrap_or(0),
            ),
        };
        let traits = |path| {
            let bytes = read_bounded(path, MAX_FILE_BYTES).ok()?;
            Some(Traits::of(&bytes, &decode(&bytes).ok()?))
        };
        Picture {
            id: row[image].to_owned(),
            label,
            patient: patient.map(|column| row[column].to_owned()),
            part: part
                .and_then(|part| parts.iter().position(|p| *p == row[part]))
                .unwrap_or(0),
            attributes: attributes
                .iter()
                .map(|&column| row[column].to_owned())
                .collect(),
            traits: traits(path),
        }
    });
    let subject = Subject {
        pictures: pictures.collect(),
        task,
        parts,
        attributes: attributes
            .iter()
            .map(|&column| header[column].to_owned())
            .collect(),
        classes: match options.get("classes") {
            Some(names) => names.split(',').map(str::to_owned).collect(),
            None => classes,
        },
    };
    let read = move |index: usize| decode(&read_bounded(&paths[index], MAX_FILE_BYTES).ok()?).ok();
    Ok((subject, Box::new(read)))
}
