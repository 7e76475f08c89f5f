//! The MedMNIST layout: one `.npz` with images and labels of an official split.
//!
//! Members are `{train,val,test}_images`, of shape `[n, height, width]` or
//! `[n, height, width, channels]` and type uint8, uint16, int16 or float32, and `{train,val,test}_labels`, of any
//! integer type and shape `[n]` or `[n, 1]` (class) or `[n, k]` (k findings, 0 or 1).

use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

use arrays::{NpyError, NpyHeader};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::dataset::{Dataset, Example, Partition};
use crate::error::DataError;
use crate::label::{Label, Task};
use crate::picture_arrays::{Arrays, PictureArray};

/// How to read an archive.
#[derive(Clone, Debug)]
pub struct NpzOptions {
    /// The kind of question.
    pub task: Task,
    /// Names of the classes or findings; their numbers where absent.
    pub class_names: Option<Vec<String>>,
    /// Most bytes that all arrays may occupy once decompressed.
    pub limit_bytes: u64,
}

impl NpzOptions {
    /// Numbered classes and a bound of 8 GiB.
    pub fn new(task: Task) -> Self {
        Self {
            task,
            class_names: None,
            limit_bytes: 8 << 30,
        }
    }
}

/// Reads an archive into memory.
pub fn read(path: &Path, options: &NpzOptions) -> Result<Dataset, DataError> {
    let file = outside::open(path).map_err(|source| DataError::Io {
        path: path.to_path_buf(),
        source,
    })?;
    let name = path
        .file_stem()
        .map_or_else(|| "npz".into(), |stem| stem.to_string_lossy());
    parse(&name, std::io::BufReader::new(file), options)
}

/// Reads an archive from any bytes; `name` becomes the dataset's name.
pub fn parse(
    name: &str,
    bytes: impl Read + Seek,
    options: &NpzOptions,
) -> Result<Dataset, DataError> {
    let zip = ZipArchive::new(bytes).map_err(|e| DataError::Archive {
        file: name.into(),
        reason: e.to_string(),
    })?;
    let mut archive = Archive {
        file: name,
        zip,
        left: options.limit_bytes,
    };
    let mut arrays = Vec::new();
    let mut labels: Vec<LabelRow> = Vec::new();
    for partition in Partition::ALL {
        let prefix = if partition == Partition::Validation {
            "val"
        } else {
            partition.name()
        };
        let member = format!("{prefix}_images.npy");
        let Some((header, data)) = archive.member(&member, u64::MAX)? else {
            continue;
        };
        let array = PictureArray::new(prefix, &header, data)
            .map_err(|error| archive.mismatch(&member, error))?;
        let member = format!("{prefix}_labels.npy");
        let (header, data) = archive.member(&member, MAX_LABEL_BYTES)?.ok_or_else(|| {
            archive.mismatch(
                &member,
                NpyError::new("labels beside the images", "no such member"),
            )
        })?;
        let integers = header.check_integers();
        integers.map_err(|error| archive.mismatch(&member, error))?;
        let width = match header.shape[..] {
            [n] if n == array.count => 1,
            [n, k] if n == array.count && (1..=MAX_CLASSES).contains(&k) => k,
            _ => {
                let expected = format!("shape [{0}], [{0}, 1] or [{0}, k]", array.count);
                return Err(archive.mismatch(&member, NpyError::new(expected, header.describe())));
            }
        };
        let rows: Vec<i64> = header.integers(&data).collect();
        for (row, values) in rows.chunks_exact(width).enumerate() {
            labels.push(LabelRow {
                partition,
                id: format!("{prefix}/{row}"),
                values: values.into(),
            });
        }
        arrays.push(array);
    }
    if labels.is_empty() {
        return Err(DataError::NoPictures {
            place: name.into(),
            expected: "members train_images, train_labels and so on",
        });
    }
    let classes = class_names(name, &labels, options)?;
    let examples = labels
        .into_iter()
        .map(|row| row.example(name, options.task, classes.len()))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Dataset::new(
        name.into(),
        options.task,
        classes,
        examples,
        Arc::new(Arrays(arrays)),
    ))
}

/// Most classes or findings.
const MAX_CLASSES: usize = 10_000;
/// Most bytes of one label array: 256 MiB.
const MAX_LABEL_BYTES: u64 = 256 << 20;

struct LabelRow {
    partition: Partition,
    id: String,
    values: Vec<i64>,
}

impl LabelRow {
    fn example(self, file: &str, task: Task, classes: usize) -> Result<Example, DataError> {
        let outside = |found: i64, expected: String| DataError::LabelOutsideTask {
            place: format!("{file}, {}", self.id),
            found: found.to_string(),
            expected,
        };
        let label = if task == Task::Multilabel {
            let finding = |&value: &i64| match value {
                0 => Ok(Some(false)),
                1 => Ok(Some(true)),
                other => Err(outside(other, "0 (absent) or 1 (present)".into())),
            };
            Label::Findings(self.values.iter().map(finding).collect::<Result<_, _>>()?)
        } else {
            let value = self.values[0];
            match usize::try_from(value) {
                Ok(class) if class < classes => Label::Class(class),
                _ => {
                    return Err(outside(
                        value,
                        format!("0 to {}", classes.saturating_sub(1)),
                    ));
                }
            }
        };
        Ok(Example {
            id: self.id,
            label,
            patient: None,
            partition: Some(self.partition),
            attributes: Vec::new(),
            test_set: None,
        })
    }
}

fn class_names(
    file: &str,
    labels: &[LabelRow],
    options: &NpzOptions,
) -> Result<Vec<String>, DataError> {
    let width = labels[0].values.len();
    let mismatch = |reason: String| DataError::TaskMismatch {
        place: file.into(),
        reason,
    };
    if let Some(row) = labels.iter().find(|row| row.values.len() != width) {
        return Err(mismatch(format!(
            "{} has {} labels, expected {width} as in {}",
            row.id,
            row.values.len(),
            labels[0].id
        )));
    }
    if options.task != Task::Multilabel && width > 1 {
        return Err(mismatch(format!(
            "the labels have {width} columns but the task is one class a picture; set the task \
             to multilabel"
        )));
    }
    let count = if options.task == Task::Multilabel {
        width
    } else {
        let highest = labels
            .iter()
            .map(|row| row.values[0])
            .max()
            .unwrap_or(0)
            .max(0) as usize;
        if highest >= MAX_CLASSES {
            return Err(mismatch(format!(
                "found class {highest}, expected fewer than {MAX_CLASSES} classes"
            )));
        }
        highest + 1
    };
    match &options.class_names {
        None => Ok((0..count).map(|class| class.to_string()).collect()),
        Some(names)
            if names.len() == count
                || (options.task != Task::Multilabel && names.len() > count) =>
        {
            Ok(names.clone())
        }
        Some(names) => Err(DataError::ClassNames {
            place: file.into(),
            expected: format!("{count} classes"),
            found: format!("{} names: {}", names.len(), names.join(", ")),
        }),
    }
}

struct Archive<'a, R> {
    file: &'a str,
    zip: ZipArchive<R>,
    /// Bytes that further members may occupy.
    left: u64,
}

impl<R: Read + Seek> Archive<'_, R> {
    /// Header and elements of a member of at most `limit` bytes; `None` if there is none.
    fn member(
        &mut self,
        member: &str,
        limit: u64,
    ) -> Result<Option<(NpyHeader, Vec<u8>)>, DataError> {
        let limit = limit.min(self.left);
        let read = match self.zip.by_name(member) {
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => Err(NpyError::new("a readable member", error.to_string())),
            // The declared size is a first bound only; reading is bounded as well.
            Ok(entry) if entry.size() > limit.saturating_add(MEMBER_OVERHEAD) => {
                let expected = format!("at most {limit} bytes decompressed");
                Err(NpyError::new(
                    expected,
                    format!("{} declared", entry.size()),
                ))
            }
            Ok(mut entry) => NpyHeader::read(&mut entry).and_then(|header| {
                header.check_rows()?;
                let data = header.read_data(&mut entry, limit)?;
                Ok((header, data))
            }),
        };
        match read {
            Ok((header, data)) => {
                self.left -= data.len() as u64;
                Ok(Some((header, data)))
            }
            Err(error) => Err(self.mismatch(member, error)),
        }
    }

    fn mismatch(&self, member: &str, error: NpyError) -> DataError {
        DataError::Member {
            file: self.file.into(),
            member: member.into(),
            expected: error.expected,
            found: error.found,
        }
    }
}

/// Room for the header of a member beside its elements, in bytes.
const MEMBER_OVERHEAD: u64 = 16 << 10;
