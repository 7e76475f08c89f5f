//! What can be wrong with the bytes of a picture.

use crate::facts::Format;

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
    /// The content is no picture of a format that is read.
    #[error(
        "expected a picture (PNG, JPEG, TIFF, WebP, BMP, GIF, JPEG 2000 or DICOM), found {found}"
    )]
    Unknown {
        /// What the first bytes look like.
        found: String,
    },
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
    /// The data contradict their format.
    #[error("damaged {format}: {reason}")]
    Decode {
        /// What the file is.
        format: Format,
        /// What the decoder says.
        reason: String,
    },
    /// The data are of a kind that is not read.
    #[error("{format} with {found}: not read; {remedy}")]
    Unsupported {
        /// What the file is.
        format: Format,
        /// The kind found.
        found: String,
        /// How to make a file that is read.
        remedy: String,
    },
    /// The choice of a frame does not fit the file.
    #[error("{found}; {expected}")]
    Choice {
        /// What the file has.
        found: String,
        /// Which choice would fit.
        expected: String,
    },
    /// The picture is not the one that was read before.
    #[error(
        "it was changed since the study was planned; put it back, or run again to plan anew with what is there"
    )]
    Changed,
    /// Why it could not be read when it was packed.
    #[error("{0}")]
    Told(String),
    /// The pack that it lies in does not hold what was packed.
    #[error("the pack is damaged: {0}")]
    Pack(String),
    /// The picture is of another kind than those that it belongs to.
    #[error("expected a picture of {expected} like the others, found {found}")]
    Unlike {
        /// What the others have.
        expected: String,
        /// What this one has.
        found: String,
    },
}

impl ImageError {
    /// Damage of a file of this format.
    pub(crate) fn damaged(format: Format, reason: impl ToString) -> Self {
        Self::Decode {
            format,
            reason: reason.to_string(),
        }
    }

    /// A kind of this format that is not read.
    pub(crate) fn unsupported(format: Format, found: impl ToString, remedy: impl ToString) -> Self {
        Self::Unsupported {
            format,
            found: found.to_string(),
            remedy: remedy.to_string(),
        }
    }
}
