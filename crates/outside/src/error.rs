//! Why a file is not read.

/// Why a file is not read. Neither variant names the file: whoever asked for it does.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system refused, or it is no regular file.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// There is more of it than is read.
    #[error("it has {found} bytes or more; at most {limit} are read")]
    TooLarge {
        /// Bytes found, at least.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
}

impl From<ReadError> for std::io::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Io(error) => error,
            ReadError::TooLarge { .. } => {
                Self::new(std::io::ErrorKind::FileTooLarge, error.to_string())
            }
        }
    }
}
