//! Where patients, parts of the split and attributes are, as written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use images::Partition;
use serde::Deserialize;
use sources::{Origin, Pattern, Refusal, SplitBy, SplitLists};

/// Where something about a picture is: a column, a pattern, a DICOM attribute.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a column, { pattern = '…' } over the picture's path, { pattern = '…', column = \"…\" }, { column = \"…\", blank = \"own\" }, or { tag = \"PatientID\" } of DICOM files"
)]
pub enum WrittenOrigin {
    /// A column of the table.
    Column(String),
    /// A column with blank cells.
    Blank(WrittenBlank),
    /// A part of the path, or of a cell.
    Pattern(WrittenPattern),
    /// A DICOM attribute.
    Tag(WrittenTag),
}

/// A column of which some cells are blank: such a picture stands for itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenBlank {
    /// The column.
    pub column: String,
    /// What a blank cell means.
    pub blank: BlankPatient,
}

/// What a blank cell of a patient means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlankPatient {
    /// Somebody of whom there is no other picture.
    Own,
}

/// A part of the path, or of a cell.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenPattern {
    /// A regular expression; its first group is what counts.
    pub pattern: String,
    /// The column whose cell it looks at; by default the picture's path.
    pub column: Option<String>,
    /// What it means where it does not match; by default an error.
    pub blank: Option<BlankPatient>,
}

/// A DICOM attribute.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenTag {
    /// Its keyword, such as `PatientID`.
    pub tag: String,
}

impl WrittenOrigin {
    /// The origin; `key` names it in messages.
    pub(crate) fn origin(self, key: &str) -> Result<Origin, Refusal> {
        Ok(match self {
            Self::Column(name) => Origin::Column(name),
            Self::Blank(WrittenBlank { column, blank }) => match blank {
                BlankPatient::Own => Origin::OrOwn(Box::new(Origin::Column(column))),
            },
            Self::Tag(WrittenTag { tag }) => Origin::Tag(tag),
            Self::Pattern(WrittenPattern {
                pattern,
                column,
                blank,
            }) => {
                let pattern = Pattern::new(key, &pattern)?;
                let origin = match column {
                    None => Origin::Path(pattern),
                    Some(column) => Origin::Cell(column, pattern),
                };
                match blank {
                    None => origin,
                    Some(BlankPatient::Own) => Origin::OrOwn(Box::new(origin)),
                }
            }
        })
    }
}

/// Attributes: names of columns, or names with where they are.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a list of columns, or { sex = \"column\", eye = { pattern = '…' } }"
)]
pub enum WrittenAttributes {
    /// Columns under their own names.
    Columns(Vec<String>),
    /// Name ─▶ where it is.
    Named(BTreeMap<String, WrittenOrigin>),
}

impl WrittenAttributes {
    /// Names with origins, in the order of the list, or by name.
    pub(crate) fn origins(self) -> Result<Vec<(String, Origin)>, Refusal> {
        match self {
            Self::Columns(columns) => {
                let origins = columns
                    .into_iter()
                    .map(|name| (name.clone(), Origin::Column(name)));
                Ok(origins.collect())
            }
            Self::Named(named) => {
                let origin = |(name, origin): (String, WrittenOrigin)| {
                    let origin = origin.origin(&format!("data.attributes.{name}"))?;
                    Ok((name, origin))
                };
                named.into_iter().map(origin).collect()
            }
        }
    }
}

/// Where the part of the split is.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a column, { column = \"…\", train = [\"…\"], test = [\"…\"] }, or lists of file names { train = \"train.txt\", test = \"test.txt\" }"
)]
pub enum WrittenSplit {
    /// A column of `train`, `validation` and `test`.
    Column(String),
    /// A column of other values.
    Values(WrittenValues),
    /// Files that list names of pictures.
    Lists(WrittenLists),
    /// `false`: none, though a recipe names one.
    Made(bool),
}

/// A column of other values, and what they stand for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenValues {
    column: String,
    train: Vec<String>,
    #[serde(default)]
    validation: Vec<String>,
    #[serde(default)]
    test: Vec<String>,
}

/// Files that list names of pictures, relative to the source's folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenLists {
    train: PathBuf,
    validation: Option<PathBuf>,
    test: Option<PathBuf>,
    /// What becomes of pictures in no list; by default `stop`.
    #[serde(default)]
    unlisted: Unlisted,
}

/// What becomes of pictures in no list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unlisted {
    #[default]
    Stop,
    Skip,
}

impl WrittenSplit {
    /// Where the part is, if anywhere; lists lie below `folder`.
    pub(crate) fn split_by(self, folder: &Path) -> Option<SplitBy> {
        Some(match self {
            Self::Made(_) => return None,
            Self::Column(column) => SplitBy::Column(column),
            Self::Values(values) => SplitBy::Values {
                column: values.column,
                parts: vec![
                    (Partition::Train, values.train),
                    (Partition::Validation, values.validation),
                    (Partition::Test, values.test),
                ],
            },
            Self::Lists(lists) => {
                let parts = [
                    (Partition::Train, Some(lists.train)),
                    (Partition::Validation, lists.validation),
                    (Partition::Test, lists.test),
                ];
                let files = parts
                    .into_iter()
                    .filter_map(|(part, file)| Some((part, folder.join(file?))));
                SplitBy::Lists(SplitLists {
                    files: files.collect(),
                    skips_unlisted: lists.unlisted == Unlisted::Skip,
                })
            }
        })
    }
}
