//! What can be wrong with a study before anything trains.

use std::path::PathBuf;

use thiserror::Error;

/// Why a study cannot be planned or opened.
#[derive(Debug, Error)]
pub enum StudyError {
    /// The configuration cannot be read.
    #[error("cannot read configuration {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration is far too large.
    #[error("configuration {} has {bytes} bytes; at most {limit} are read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        bytes: u64,
        /// Most that is read.
        limit: u64,
    },
    /// Not TOML, an unknown key or a value of another type.
    #[error("configuration {}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and what was expected.
        message: String,
    },
    /// A value outside its range or at odds with the rest.
    #[error("`{field}`: expected {expected}, found {found}")]
    Value {
        /// Dotted key.
        field: &'static str,
        /// What is allowed.
        expected: String,
        /// What was written.
        found: String,
    },
    /// Pictures that cannot be read.
    #[error(
        "{count} of {total} pictures cannot be read: {first}; repair or remove them, or leave them out with `unreadable = \"skip\"` under [data]"
    )]
    Pictures {
        /// How many.
        count: usize,
        /// Of how many.
        total: usize,
        /// The first few with their reasons.
        first: String,
    },
    /// The directory belongs to another study.
    #[error("{} already holds the study \"{found}\", which differs in {difference}; nothing was changed: choose another directory with --out, or remove this one", path.display())]
    AnotherStudy {
        /// The directory.
        path: PathBuf,
        /// Title of the study it holds.
        found: String,
        /// Where the plans part.
        difference: String,
    },
    /// The directory holds something that is no study.
    #[error("{} is not empty and holds no study; nothing was changed: choose another directory with --out", path.display())]
    NotAStudy {
        /// The directory.
        path: PathBuf,
    },
    /// The directory holds no study that could be opened.
    #[error("{} holds no study (no plan.json); start one with `transfusion run`", path.display())]
    NoStudy {
        /// The directory.
        path: PathBuf,
    },
    /// The directory was written by another version of the program.
    #[error("{} has study format {found}, this program reads format {known}; use the transfusion that wrote it, or run its study.toml into a new directory", path.display())]
    Format {
        /// The directory.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// What this program reads.
        known: u32,
    },
    /// Another process works on the study.
    #[error("another transfusion is running {}; wait for it or stop it", path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// A file of the study is damaged.
    #[error("{}: {reason}; the file was changed or cut off: remove it to have it made again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// A file of the study was not read or written.
    #[error(transparent)]
    File(#[from] durable::FileError),
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Says what kind of number was expected without the names of Rust's types.
pub(crate) fn in_plain_words(message: &str) -> String {
    let whole = "expected a whole number of at least 0";
    message
        .replace("expected usize", whole)
        .replace("expected u64", whole)
        .replace("expected f64", "expected a number")
        .replace("expected f32", "expected a number")
}

/// Adds "did you mean" to serde's message about an unknown field or variant.
pub(crate) fn with_suggestion(message: &str) -> String {
    let quoted = |text: &str| -> Vec<String> {
        text.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_string)
            .collect()
    };
    let Some(at) = message
        .find("unknown field")
        .or_else(|| message.find("unknown variant"))
    else {
        return message.trim_end().to_string();
    };
    match quoted(&message[at..]).split_first() {
        Some((written, known)) => match networks::zoo::nearest(written, known) {
            Some(name) => format!("{}; did you mean `{name}`?", message.trim_end()),
            None => message.trim_end().to_string(),
        },
        None => message.trim_end().to_string(),
    }
}
