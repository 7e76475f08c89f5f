//! Why a report could not be made.

use thiserror::Error;

/// Why a report could not be made. None of these depends on what the study found.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A template refused its values.
    #[error("the report's template could not be filled: {0}")]
    Template(#[from] askama::Error),
    /// A sheet of filters could not be encoded.
    #[error("a sheet of filters could not be written as PNG: {0}")]
    Picture(#[from] image::ImageError),
}
