//! Why activations in files cannot be opened.

use std::path::PathBuf;

/// Why a file of activations cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file starts like none of the formats.
    #[error(
        "{}: expected a .npy, .npz or .safetensors file, found {found}; save the activations with \
         numpy.save, numpy.savez or safetensors",
        path.display()
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// How it starts.
        found: String,
    },
    /// The file is damaged, or not what its header says.
    #[error("{place}: expected {expected}, found {found}")]
    Damaged {
        /// File, and array where there are several.
        place: String,
        /// What the format, the header or a bound asks for.
        expected: String,
        /// What is there.
        found: String,
    },
    /// No array of that name.
    #[error("{} has no array `{found}`; its arrays are {}", path.display(), listed(.names))]
    UnknownArray {
        /// The file or folder.
        path: PathBuf,
        /// The name asked for.
        found: String,
        /// The names there are.
        names: Vec<String>,
    },
    /// Nothing to compare in there.
    #[error("{} holds {found}; expected {expected}", path.display())]
    Nothing {
        /// The file or folder.
        path: PathBuf,
        /// What was looked for.
        expected: &'static str,
        /// What is there instead.
        found: String,
    },
}

impl FileError {
    pub(super) fn damaged(
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self::Damaged {
            place: place.into(),
            expected: expected.into(),
            found: found.into(),
        }
    }
}

/// Names shown at most.
const LISTED: usize = 20;

pub(super) fn listed(names: &[String]) -> String {
    let more = match names.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    format!("{}{more}", first.join(", "))
}
