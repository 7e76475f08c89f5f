//! Names of files, each written once, with the type of what they hold.

use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::FileError;
use crate::json::{read_json, write_json};

/// The name of a file in any folder of its kind.
///
/// ```
/// use std::path::Path;
///
/// const PREDICTIONS: durable::FileName = durable::FileName::new("predictions.csv");
/// assert_eq!(PREDICTIONS.path(Path::new("runs/7")), Path::new("runs/7/predictions.csv"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(&'static str);

impl FileName {
    /// A file of that name.
    ///
    /// # Panics
    /// If it is a path, or nothing; for a constant, when it is compiled.
    ///
    /// ```compile_fail
    /// const NO_NAME: durable::FileName = durable::FileName::new("runs/predictions.csv");
    /// ```
    pub const fn new(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(!bytes.is_empty(), "the name of a file is not empty");
        let mut at = 0;
        while at < bytes.len() {
            assert!(
                bytes[at] != b'/' && bytes[at] != b'\\',
                "the name of a file is no path"
            );
            at += 1;
        }
        Self(name)
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// The file in `folder`.
    pub fn path(self, folder: &Path) -> PathBuf {
        folder.join(self.0)
    }

    /// Whether `folder` has one.
    pub fn exists(self, folder: &Path) -> bool {
        self.path(folder).is_file()
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The name of a JSON file, with the type of the value that it holds.
///
/// ```
/// use durable::JsonFile;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct RunResult {
///     test_auc: f64,
/// }
///
/// const RESULT: JsonFile<RunResult> = JsonFile::new("result.json");
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let run = tempfile::tempdir()?;
/// assert_eq!(RESULT.read(run.path())?, None);
/// RESULT.write(run.path(), &RunResult { test_auc: 0.75 })?;
/// assert_eq!(RESULT.read(run.path())?, Some(RunResult { test_auc: 0.75 }));
/// assert_eq!(RESULT.path(run.path()), run.path().join("result.json"));
/// # Ok(())
/// # }
/// ```
///
/// Another type is refused by the compiler:
/// ```compile_fail
/// # use durable::JsonFile;
/// # use std::path::Path;
/// const RESULT: JsonFile<f64> = JsonFile::new("result.json");
/// RESULT.write(Path::new("."), &"0.75");
/// ```
pub struct JsonFile<T> {
    name: FileName,
    holds: PhantomData<fn() -> T>,
}

impl<T> JsonFile<T> {
    /// A file of that name.
    ///
    /// # Panics
    /// As [`FileName::new`].
    pub const fn new(name: &'static str) -> Self {
        Self {
            name: FileName::new(name),
            holds: PhantomData,
        }
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.name.name()
    }

    /// The file in `folder`.
    pub fn path(self, folder: &Path) -> PathBuf {
        self.name.path(folder)
    }

    /// Whether `folder` has one, whatever it holds.
    pub fn exists(self, folder: &Path) -> bool {
        self.name.exists(folder)
    }
}

impl<T: DeserializeOwned> JsonFile<T> {
    /// What the file in `folder` holds; none if there is none.
    pub fn read(self, folder: &Path) -> Result<Option<T>, FileError> {
        read_json(&self.path(folder))
    }
}

impl<T: Serialize> JsonFile<T> {
    /// Writes the file in `folder`, whole or not at all; equal values give equal bytes.
    ///
    /// # Panics
    /// As [`canonical_json`](crate::canonical_json).
    pub fn write(self, folder: &Path, value: &T) -> Result<(), FileError> {
        write_json(&self.path(folder), value)
    }
}

impl<T> Clone for JsonFile<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for JsonFile<T> {}

impl<T> From<JsonFile<T>> for FileName {
    fn from(file: JsonFile<T>) -> Self {
        file.name
    }
}

impl<T> fmt::Debug for JsonFile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsonFile").field(&self.name()).finish()
    }
}

impl<T> fmt::Display for JsonFile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}
