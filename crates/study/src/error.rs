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
    /// An ONNX file that is no network here.
    #[error("network {}: {source}", path.display())]
    Onnx {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<onnx_import::ImportError>,
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
    /// Features of other programs that cannot be used.
    #[error("`probe.features`, `{name}`: {source}")]
    Features {
        /// What the study calls them.
        name: String,
        /// Why.
        source: embeddings::EmbeddingsError,
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
    /// Something is in two parts of the data.
    #[error(
        "something is in two parts of the data, so that results would not be about new patients:\n{leaks}\n`transfusion data audit study.toml` shows which. Mend the data or the split as said, or write allow_leaks = \"reason\" under [data]; the verdict then begins with it"
    )]
    Leaks {
        /// What, with what to write, a line each.
        leaks: String,
    },
    /// The audit was given data that contradict themselves.
    #[error(transparent)]
    Audit(#[from] audit::SubjectError),
    /// A folder or table that is not read.
    #[error(transparent)]
    Refused(#[from] sources::Refusal),
    /// A source that cannot be read.
    #[error(transparent)]
    Data(#[from] images::DataError),
    /// A pack that cannot be read.
    #[error(transparent)]
    Pack(#[from] packs::PackError),
    /// A picture that is no longer as it was packed.
    #[error("picture {id}: {reason}; copy the pack again, or pack the study anew")]
    DamagedPack {
        /// The picture.
        id: String,
        /// What is damaged.
        reason: images::ImageError,
    },
    /// A known data set that is not here.
    #[error(transparent)]
    NotFetched(#[from] depot::catalogue::NotFetched),
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] durable::FileError),
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
