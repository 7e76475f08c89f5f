//! What can be wrong with a file of features.

use std::io;
use std::path::PathBuf;

/// Why features cannot be had from a file.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingsError {
    /// The file cannot be read.
    #[error("features {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It holds something else.
    #[error("features {}: expected {expected}, found {found}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What the format asks for.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Pictures have no features in it.
    #[error(
        "features {}: {} of {wanted} pictures of the study have none, such as {}; it holds {held}, such as {example}. \
         Name every picture as the study does (its file relative to the folder, or its row such as train/12), \
         or by its file name alone where that is unique",
        path.display(), missing.len(), shown(missing)
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// Pictures of the study without features, in its order.
        missing: Vec<String>,
        /// How many were looked for.
        wanted: usize,
        /// Rows of the file.
        held: usize,
        /// The first row's name, quoted.
        example: String,
    },
}

fn shown(names: &[String]) -> String {
    let first: Vec<String> = names
        .iter()
        .take(3)
        .map(|name| format!("{name:?}"))
        .collect();
    first.join(", ")
}
