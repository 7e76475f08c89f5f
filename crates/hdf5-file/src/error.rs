//! Why an HDF5 file is not read.

use thiserror::Error;

/// Why an HDF5 file, or an object in it, is not read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Hdf5Error {
    /// Incomplete or inconsistent.
    #[error("{0}")]
    Damaged(String),
    /// In order for all that is known, but in a form of HDF5 that is not read.
    #[error(
        "{0}, which is not read; write the file again with h5py's defaults (libver \"earliest\", gzip or no compression)"
    )]
    Unsupported(String),
    /// Elements that are no floating-point numbers.
    #[error("expected floating-point numbers, found {0}")]
    ElementType(String),
    /// More structure or more data than a file of this size has cause to hold.
    #[error("{what} of more than {limit} bytes in a file of {file} bytes")]
    TooLarge {
        /// What grew.
        what: &'static str,
        /// The bound.
        limit: u64,
        /// Size of the file.
        file: u64,
    },
}

pub(crate) type Result<T> = std::result::Result<T, Hdf5Error>;

pub(crate) fn damaged<T>(reason: impl Into<String>) -> Result<T> {
    Err(Hdf5Error::Damaged(reason.into()))
}

pub(crate) fn unsupported<T>(what: impl Into<String>) -> Result<T> {
    Err(Hdf5Error::Unsupported(what.into()))
}
