//! The wall around decoders that we did not write.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::ImageError;
use crate::facts::Format;

/// Turns a panic into an error: some of the decoders that we stand on are known to panic on
/// damaged data, and one damaged file must not end a program that reads thousands.
pub(crate) fn guarded<T>(
    format: Format,
    decode: impl FnOnce() -> Result<T, ImageError>,
) -> Result<T, ImageError> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Err(ImageError::damaged(
            format,
            "the decoder gave up on damaged data",
        ))
    })
}
