use std::path::PathBuf;

use durable::FileError;
use record::RecordError;
use study::StudyError;
use thiserror::Error;

/// Why claims cannot be judged, or their studies not be made.
#[derive(Debug, Error)]
pub enum ClaimsError {
    /// Another word than that of a claim.
    #[error("expected a claim, c1 to c10, found `{found}`")]
    NoClaim {
        /// What was written.
        found: String,
    },
    /// A table of claims that lacks a key.
    #[error("{place}: `{claim}` needs `{key}`; docs/reproduce.md says what it means")]
    Lacks {
        /// The file.
        place: String,
        /// The claim.
        claim: String,
        /// The key.
        key: &'static str,
    },
    /// A file that is no configuration.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A study of the user without a section that is taken from it.
    #[error(
        "{}: expected a study with a section [{section}], whose pictures take the place of the templates'; found none",
        path.display()
    )]
    NoSection {
        /// The configuration.
        path: PathBuf,
        /// The section.
        section: &'static str,
    },
    /// A template that the table names and that is not there.
    #[error("the table of claims names the study `{study}`, which is none of {known}")]
    NoTemplate {
        /// The name.
        study: String,
        /// Those that are there.
        known: String,
    },
    /// A folder without a study.
    #[error(
        "{}: expected a study, or a folder of studies (plan.json in it or below it), found none",
        path.display()
    )]
    NoStudies {
        /// The folder.
        path: PathBuf,
    },
    /// A record that cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A file that cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}
