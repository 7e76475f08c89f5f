//! Names of sealed files, each written once, with the type of what they hold.

use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::FileError;
use crate::file_name::FileName;
use crate::manifest::Manifest;
use crate::seal::{Sealed, read_sealed, write_sealed};

/// The name of a sealed JSON file, with the type of the value that it holds.
///
/// ```
/// use durable::{Manifest, SealedFile};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct RunResult {
///     test_auc: f64,
/// }
///
/// const RESULT: SealedFile<RunResult> = SealedFile::new("result.json");
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let run = folder.path();
/// durable::write(&run.join("predictions.csv"), b"image,probability\n")?;
/// RESULT.write(run, &RunResult { test_auc: 0.75 }, &Manifest::of(run, &[RESULT.name()])?)?;
///
/// let result = RESULT.read(run)?.ok_or("no result")?;
/// assert_eq!(result.test_auc, 0.75);
/// assert_eq!(result.files.read(run, "predictions.csv")?, b"image,probability\n");
///
/// std::fs::write(run.join("predictions.csv"), "image,probabilitY\n")?;
/// assert!(result.files.read(run, "predictions.csv").is_err());
/// # Ok(())
/// # }
/// ```
pub struct SealedFile<T> {
    name: FileName,
    holds: PhantomData<fn() -> T>,
}

impl<T> SealedFile<T> {
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

impl<T: DeserializeOwned> SealedFile<T> {
    /// What the file in `folder` holds, if its bytes are those that were written; none if there is
    /// none.
    pub fn read(self, folder: &Path) -> Result<Option<Sealed<T>>, FileError> {
        read_sealed(&self.path(folder))
    }
}

impl<T: Serialize> SealedFile<T> {
    /// Writes the file in `folder` with the digests of the files that belong to it, whole or not at
    /// all.
    ///
    /// # Panics
    /// As [`sealed_json`](crate::sealed_json).
    pub fn write(self, folder: &Path, value: &T, files: &Manifest) -> Result<(), FileError> {
        write_sealed(&self.path(folder), value, files)
    }
}

impl<T> Clone for SealedFile<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SealedFile<T> {}

impl<T> From<SealedFile<T>> for FileName {
    fn from(file: SealedFile<T>) -> Self {
        file.name
    }
}

impl<T> fmt::Debug for SealedFile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SealedFile").field(&self.name()).finish()
    }
}

impl<T> fmt::Display for SealedFile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}
