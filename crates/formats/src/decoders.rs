//! Which libraries turn bytes into samples.

/// Names and versions of the decoders in use; part of every content hash of picture files, since
/// another decoder may give other samples.
pub const DECODER: &str = "image 0.25.10, png 0.18.1, zune-jpeg 0.5.15, tiff 0.11.3, \
     image-webp 0.2.4, gif 0.14.2, jpeg-decoder 0.3.2, hayro-jpeg2000 0.5.0, pure_jpegls 2.0.0";

/// The decoders in use, as name and version.
pub fn decoders() -> impl Iterator<Item = (&'static str, &'static str)> {
    DECODER
        .split(", ")
        .filter_map(|decoder| decoder.split_once(' '))
}
