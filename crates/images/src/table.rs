//! A CSV table that names pictures, labels and, where known, patients and a split.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dataset::{Dataset, Example, Partition};
use crate::error::DataError;
use crate::folder::{EXTENSIONS, PictureFiles};
use crate::label::{Label, Task, sort_classes};
use crate::spelling::nearest_name;
use formats::ImageError;
use formats::decode::{MAX_FILE_BYTES, read_bounded};

/// What a finding of −1 ("uncertain", as in CheXpert) becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uncertain {
    /// Unknown: left out of loss and metrics.
    #[default]
    Missing,
    /// Absent.
    Zeros,
    /// Present.
    Ones,
}

/// How to read a table.
#[derive(Clone, Debug)]
pub struct TableOptions {
    /// Folder that the picture names are relative to.
    pub root: PathBuf,
    /// The kind of question.
    pub task: Task,
    /// Column of picture names; `.png`, `.jpg` or `.jpeg` may be left out.
    pub image: String,
    /// One column of classes, or for [`Task::Multilabel`] one column a finding with 1 (present),
    /// 0 (absent), −1 (uncertain) or nothing (missing).
    pub labels: Vec<String>,
    /// Column of patients.
    pub patient: Option<String>,
    /// Column of `train`, `validation` (`val`, `valid`) or `test`.
    pub split: Option<String>,
    /// What −1 becomes.
    pub uncertain: Uncertain,
    /// Names of the classes in order, or of the findings in the order of `labels`. A cell holds
    /// either a name or, where it is no name, an index from 0. Without names, classes are
    /// 0 to the highest number found, or else the sorted texts found.
    pub class_names: Option<Vec<String>>,
}

/// A table as read, before any picture is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Names of the classes or findings.
    pub classes: Vec<String>,
    /// One a row; `id` is the picture's name as written.
    pub examples: Vec<Example>,
    /// Line of each example, from 1; the header is line 1.
    pub lines: Vec<u64>,
}

/// Reads a table and finds its pictures.
pub fn read(path: &Path, options: &TableOptions) -> Result<Dataset, DataError> {
    let bytes = read_bounded(path, MAX_FILE_BYTES).map_err(|error| match error {
        ImageError::FileTooLarge { found, limit } => DataError::FileTooLarge {
            path: path.into(),
            found,
            limit,
        },
        other => DataError::Io {
            path: path.into(),
            source: std::io::Error::other(other),
        },
    })?;
    let file = path.display().to_string();
    let table = parse(&file, &bytes, options)?;
    let found: Vec<_> = table
        .examples
        .iter()
        .map(|e| find(&options.root, &e.id))
        .collect();
    let mut missing = found.iter().enumerate().filter(|(_, path)| path.is_none());
    if let Some((first, _)) = missing.next() {
        return Err(DataError::MissingImages {
            file,
            line: table.lines[first],
            image: options.root.join(&table.examples[first].id),
            more: missing.count(),
        });
    }
    let paths = found.into_iter().flatten().collect();
    let name = path
        .file_stem()
        .map_or(file, |stem| stem.to_string_lossy().into_owned());
    let pictures = Arc::new(PictureFiles { paths });
    Ok(Dataset::new(
        name,
        options.task,
        table.classes,
        table.examples,
        pictures,
    ))
}

fn find(root: &Path, id: &str) -> Option<PathBuf> {
    let written = root.join(id);
    if written.is_file() {
        return Some(written);
    }
    let known = |extension: &&str| root.join(format!("{id}.{extension}")).is_file();
    EXTENSIONS
        .iter()
        .find(|e| known(e))
        .map(|extension| root.join(format!("{id}.{extension}")))
}

/// Reads a table from memory; `file` names it in errors.
pub fn parse(file: &str, bytes: &[u8], options: &TableOptions) -> Result<Table, DataError> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let columns = Columns::find(
        file,
        reader.headers().map_err(|e| row_error(file, &e))?,
        options,
    )?;
    let mut rows = Vec::new();
    for record in reader.into_records() {
        let record = record.map_err(|e| row_error(file, &e))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(columns.row(file, line, &record)?);
    }
    if rows.is_empty() {
        return Err(DataError::NoPictures {
            place: file.into(),
            expected: "one row a picture",
        });
    }
    check_once_each(file, &rows)?;
    check_patients(file, &rows)?;

    let lines = rows.iter().map(|row| row.line).collect();
    let classes = class_names(file, &rows, options)?;
    let examples = rows
        .into_iter()
        .map(|row| {
            let label = row.label(file, options, &classes)?;
            Ok(Example {
                id: row.image,
                label,
                patient: row.patient,
                partition: row.partition,
                attributes: Vec::new(),
            })
        })
        .collect::<Result<_, DataError>>()?;
    Ok(Table {
        classes,
        examples,
        lines,
    })
}

fn row_error(file: &str, error: &csv::Error) -> DataError {
    let line = error.position().map_or(1, csv::Position::line);
    DataError::Row {
        file: file.into(),
        line,
        reason: error.to_string(),
    }
}

/// Positions of the columns asked for.
struct Columns {
    image: usize,
    labels: Vec<usize>,
    patient: Option<usize>,
    split: Option<usize>,
}

impl Columns {
    fn find(
        file: &str,
        header: &csv::StringRecord,
        options: &TableOptions,
    ) -> Result<Self, DataError> {
        let find = |column: &String| {
            // Spreadsheets begin a UTF-8 file with a byte order mark.
            let name = |cell: &str| cell.trim_start_matches('\u{feff}').to_owned();
            header
                .iter()
                .position(|cell| name(cell) == *column)
                .ok_or_else(|| DataError::UnknownColumn {
                    file: file.into(),
                    column: column.clone(),
                    nearest: nearest_name(column, header.iter()).map(str::to_owned),
                    columns: header.iter().map(name).collect::<Vec<_>>().join(", "),
                })
        };
        let one = options.task != Task::Multilabel;
        if options.labels.is_empty() || (one && options.labels.len() > 1) {
            return Err(DataError::TaskMismatch {
                place: file.into(),
                reason: format!(
                    "{} label columns given; one class a picture needs exactly one, a multilabel \
                     task one a finding",
                    options.labels.len()
                ),
            });
        }
        Ok(Self {
            image: find(&options.image)?,
            labels: options.labels.iter().map(find).collect::<Result<_, _>>()?,
            patient: options.patient.as_ref().map(find).transpose()?,
            split: options.split.as_ref().map(find).transpose()?,
        })
    }

    fn row(&self, file: &str, line: u64, record: &csv::StringRecord) -> Result<Row, DataError> {
        let wrong = |reason: String| DataError::Row {
            file: file.into(),
            line,
            reason,
        };
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let image = cell(self.image).to_owned();
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if image.is_empty() || !Path::new(&image).components().all(inside) {
            return Err(wrong(format!(
                "expected a picture inside the root, found `{image}`"
            )));
        }
        let patient = match self.patient.map(cell) {
            Some("") => return Err(wrong("expected a patient, found an empty cell".into())),
            patient => patient.map(str::to_owned),
        };
        let partition = match self.split.map(cell) {
            None => None,
            Some(name) => Some(Partition::parse(name).ok_or_else(|| {
                wrong(format!(
                    "expected train, validation or test as split, found `{name}`"
                ))
            })?),
        };
        let cells = self
            .labels
            .iter()
            .map(|&column| cell(column).to_owned())
            .collect();
        Ok(Row {
            line,
            image,
            cells,
            patient,
            partition,
        })
    }
}

struct Row {
    line: u64,
    image: String,
    cells: Vec<String>,
    patient: Option<String>,
    partition: Option<Partition>,
}

impl Row {
    fn label(
        &self,
        file: &str,
        options: &TableOptions,
        classes: &[String],
    ) -> Result<Label, DataError> {
        let outside = |found: &str, expected: String| DataError::LabelOutsideTask {
            place: format!("{file}, line {}", self.line),
            found: format!("`{found}`"),
            expected,
        };
        if options.task == Task::Multilabel {
            let finding = |(column, cell): (&String, &String)| {
                finding(cell, options.uncertain).ok_or_else(|| {
                    outside(cell, format!("1, 0, -1 or nothing in column `{column}`"))
                })
            };
            let findings = options.labels.iter().zip(&self.cells).map(finding);
            return Ok(Label::Findings(findings.collect::<Result<_, _>>()?));
        }
        let cell = &self.cells[0];
        let named = classes.iter().position(|name| name == cell);
        let class = named.or_else(|| number(cell).filter(|class| *class < classes.len()));
        class
            .map(Label::Class)
            .ok_or_else(|| outside(cell, format!("one of {}", classes.join(", "))))
    }
}

/// `None` = not a finding; `Some(None)` = unknown.
fn finding(cell: &str, uncertain: Uncertain) -> Option<Option<bool>> {
    match cell.to_ascii_lowercase().as_str() {
        "" | "nan" => Some(None),
        "0" | "0.0" => Some(Some(false)),
        "1" | "1.0" => Some(Some(true)),
        "-1" | "-1.0" => Some(match uncertain {
            Uncertain::Missing => None,
            Uncertain::Zeros => Some(false),
            Uncertain::Ones => Some(true),
        }),
        _ => None,
    }
}

/// A class number; tables written by pandas hold `2.0` for 2.
fn number(cell: &str) -> Option<usize> {
    cell.strip_suffix(".0").unwrap_or(cell).parse().ok()
}

/// Most classes that are accepted without names.
const MAX_CLASSES: usize = 10_000;

fn class_names(file: &str, rows: &[Row], options: &TableOptions) -> Result<Vec<String>, DataError> {
    let mismatch = |reason: String| DataError::TaskMismatch {
        place: file.into(),
        reason,
    };
    if let Some(names) = &options.class_names {
        if options.task == Task::Multilabel && names.len() != options.labels.len() {
            return Err(DataError::ClassNames {
                place: file.into(),
                expected: options.labels.join(", "),
                found: names.join(", "),
            });
        }
        return Ok(names.clone());
    }
    if options.task == Task::Multilabel {
        return Ok(options.labels.clone());
    }
    if let Some(row) = rows.iter().find(|row| row.cells[0].is_empty()) {
        return Err(DataError::LabelOutsideTask {
            place: format!("{file}, line {}", row.line),
            found: "nothing".into(),
            expected: format!("a class in column `{}`", options.labels[0]),
        });
    }
    let numbers: Option<Vec<usize>> = rows.iter().map(|row| number(&row.cells[0])).collect();
    let classes: Vec<String> = match numbers {
        Some(numbers) => {
            let highest = numbers.into_iter().max().unwrap_or(0);
            // Bounded before the names are made.
            (0..=highest.min(MAX_CLASSES))
                .map(|class| class.to_string())
                .collect()
        }
        None if options.task == Task::Ordinal => {
            return Err(mismatch(
                "ordinal classes written as text have no order; give class_names, lowest first"
                    .into(),
            ));
        }
        None => {
            let mut texts: Vec<String> = rows.iter().map(|row| row.cells[0].clone()).collect();
            texts.sort();
            texts.dedup();
            sort_classes(&mut texts);
            texts
        }
    };
    if classes.len() > MAX_CLASSES {
        let column = &options.labels[0];
        return Err(mismatch(format!(
            "column `{column}` holds more than {MAX_CLASSES} classes; is it the label column?"
        )));
    }
    Ok(classes)
}

fn check_once_each(file: &str, rows: &[Row]) -> Result<(), DataError> {
    let mut seen = BTreeMap::new();
    for row in rows {
        if let Some(first) = seen.insert(row.image.as_str(), row.line) {
            return Err(DataError::DuplicateImage {
                file: file.into(),
                image: row.image.clone(),
                first,
                second: row.line,
            });
        }
    }
    Ok(())
}

fn check_patients(file: &str, rows: &[Row]) -> Result<(), DataError> {
    let mut first_rows: BTreeMap<&str, (&Row, Partition)> = BTreeMap::new();
    for row in rows {
        let (Some(patient), Some(partition)) = (&row.patient, row.partition) else {
            continue;
        };
        let (first, earlier) = first_rows.entry(patient).or_insert((row, partition));
        if *earlier != partition {
            return Err(DataError::PatientStraddles {
                file: file.into(),
                patient: patient.clone(),
                first_split: earlier.name().into(),
                first_line: first.line,
                second_split: partition.name().into(),
                second_line: row.line,
            });
        }
    }
    Ok(())
}
