//! What can be wrong with the bytes of a picture.

/// Why one picture cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The file could not be opened or read.
    #[error("cannot read the file: {0}")]
    Io(String),
    /// The file exceeds the size bound.
    #[error("file of {found} bytes, at most {limit} are read")]
    FileTooLarge {
        /// Bytes found.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The file holds nothing.
    #[error("file of zero bytes")]
    Empty,
    /// The picture exceeds the pixel bound.
    #[error("picture of {width}×{height} pixels, at most {limit} pixels are decoded")]
    TooManyPixels {
        /// Columns, in pixels.
        width: u32,
        /// Rows, in pixels.
        height: u32,
        /// Pixels allowed.
        limit: u64,
    },
    /// The data end before the picture does.
    #[error("truncated: the data end before the picture does")]
    Truncated,
    /// The decoder refused the data.
    #[error("expected a PNG or JPEG: {0}")]
    Decode(String),
    /// The picture is of another kind than those that it belongs to.
    #[error("expected a picture of {expected} like the others, found {found}")]
    Unlike {
        /// What the others have.
        expected: String,
        /// What this one has.
        found: String,
    },
}
