//! Sizes that are checked before memory is taken.

use crate::error::ImageError;

/// Most bytes of one file: 1 GiB.
pub const MAX_FILE_BYTES: u64 = 1 << 30;
/// Most pixels of one picture, all frames that are read together: 100 megapixels.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Checks the declared size of a picture; `frames` of it are held at once.
pub(crate) fn check(width: u64, height: u64, frames: u64) -> Result<(), ImageError> {
    let pixels = width.saturating_mul(height).saturating_mul(frames);
    if pixels > MAX_PIXELS {
        return Err(ImageError::TooManyPixels {
            width: u32::try_from(width).unwrap_or(u32::MAX),
            height: u32::try_from(height.saturating_mul(frames)).unwrap_or(u32::MAX),
            limit: MAX_PIXELS,
        });
    }
    Ok(())
}
