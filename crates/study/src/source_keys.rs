//! Keys of `[data]` that only some sources read.

use super::error::StudyError;

/// What reads class names.
const FILES: &str = "a .npz file, a folder of class folders or a table";
/// What reads names of columns.
const TABLE: &str = "a table (.csv, .tsv, .txt)";
/// What reads parts of paths.
const FOLDER: &str = "a folder of class folders";
/// What reads what is known of a picture besides its label.
const LISTED: &str = "a folder of class folders or a table";
/// What reads how much is drawn.
const DRAWN: &str = "drawn pictures, phantom-fundus or phantom-objects";

/// One table of keys, from which follow the struct that holds them, what is written where a recipe
/// leaves off, who reads each, and the structs of the file that have them.
macro_rules! source_keys {
    ($d:tt $($(#[$doc:meta])* $key:ident: $type:ty, $readers:expr;)*) => {
        /// Keys of `[data]` that only some sources read, where they are written.
        #[derive(Clone, Debug, Default)]
        pub struct SourceKeys {
            $($(#[$doc])* pub $key: Option<$type>,)*
        }

        impl SourceKeys {
            /// These keys, and those of a recipe where these are not written.
            pub(crate) fn or(self, recipe: Self) -> Self {
                Self { $($key: self.$key.or(recipe.$key),)* }
            }

            /// The name of every key.
            pub(crate) fn names() -> Vec<&'static str> {
                vec![$(stringify!($key),)*]
            }

            /// Every key: its name, whether it is written, who reads it.
            fn written(&self) -> Vec<(&'static str, bool, &'static str)> {
                vec![$((concat!("data.", stringify!($key)), self.$key.is_some(), $readers),)*]
            }
        }

        macro_rules! with_keys {
            ($d(#[$d meta:meta])* struct $d name:ident { $d($d own:tt)* }) => {
                $d(#[$d meta])*
                struct $d name {
                    $d($d own)*
                    $($key: Option<$type>,)*
                }

                impl $d name {
                    /// The keys that only some sources read.
                    fn source_keys(&mut self) -> SourceKeys {
                        SourceKeys { $($key: self.$key.take(),)* }
                    }
                }
            };
        }
    };
}

source_keys! { $
    /// Files: names of the classes, in order.
    classes: Vec<String>, FILES;
    /// Table: folder below which the pictures lie; by default the table's.
    image_root: std::path::PathBuf, TABLE;
    /// Table: column of the picture's file, or a text with columns in braces; by default `image`.
    image: String, TABLE;
    /// Table: column of the class, or the columns of findings or of one-hot classes; by default
    /// `label`.
    label: crate::columns::Columns, TABLE;
    /// Table: what stands between the findings of a list.
    separator: String, TABLE;
    /// Table: the word of a list that names no finding.
    nothing: String, TABLE;
    /// Table: the number of the first class, where cells hold numbers and `classes` names.
    labels_from: usize, TABLE;
    /// Table: cells of labels that stand for others.
    values: std::collections::BTreeMap<String, String>, TABLE;
    /// Table: what −1 means.
    uncertain: sources::Policy, TABLE;
    /// Table: what a blank cell means.
    blank: sources::Policy, TABLE;
    /// Table: what several rows of a picture become; by default `same`.
    rows: sources::Rows, TABLE;
    /// Table: rows that count, column ─▶ cells of which it holds one.
    only: std::collections::BTreeMap<String, Vec<String>>, TABLE;
    /// Table: further tables joined to it.
    join: Vec<crate::written_join::WrittenJoin>, TABLE;
    /// Table: what becomes of rows whose picture is not there; by default `stop`.
    missing_files: sources::MissingFiles, TABLE;
    /// Table: what stands between cells; by default found.
    delimiter: char, TABLE;
    /// Table: its encoding; by default found.
    encoding: String, TABLE;
    /// Table: whether the first line names the columns; by default true.
    header: bool, TABLE;
    /// Folder: what the parts of a path mean; by default believed where there is one reading.
    layout: String, FOLDER;
    /// Folder: folders that are left out.
    ignore: Vec<String>, FOLDER;
    /// Folder: what becomes of files that may be pictures and are not read; by default `stop`.
    other_files: sources::OtherFiles, FOLDER;
    /// Folder, table: which frame of a file of several; by default the middle one.
    frame: crate::written_reading::WrittenFrame, LISTED;
    /// Folder, table: which grey values of a DICOM file are black and white; by default as the file
    /// says.
    window: crate::written_reading::WrittenWindow, LISTED;
    /// Folder, table: whose picture it is.
    patient: crate::written_origin::WrittenOrigin, LISTED;
    /// Folder, table: the part of the split.
    split: crate::written_origin::WrittenSplit, LISTED;
    /// Folder, table: what else is known of each picture.
    attributes: crate::written_origin::WrittenAttributes, LISTED;
    /// Drawn: patients (two pictures each) or pictures; by default 800.
    count: usize, DRAWN;
    /// Drawn: seed of the pictures; by default 0.
    seed: u64, DRAWN;
}
pub(crate) use with_keys as with_source_keys;

impl SourceKeys {
    /// Refuses what is left after the source took its own keys: it would have no effect. `text`
    /// and `kind` describe that source.
    pub(crate) fn refuse_rest(self, text: &str, kind: &str) -> Result<(), StudyError> {
        let left = self.written().into_iter().find(|(_, is_left, _)| *is_left);
        match left {
            None => Ok(()),
            Some((field, _, readers)) => Err(StudyError::Value {
                field,
                expected: format!("this key only where `data.source` is {readers}"),
                found: format!("it with `{text}`, {kind}; remove the key"),
            }),
        }
    }
}
