//! A file that a paper takes over.

/// A file, and where it goes.
#[derive(Clone)]
pub struct TakenFile {
    /// Its path from the folder on, with `/` between names of letters, digits and hyphens.
    pub path: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl TakenFile {
    /// A file of these bytes.
    pub fn new(path: String, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path,
            bytes: bytes.into(),
        }
    }
}
