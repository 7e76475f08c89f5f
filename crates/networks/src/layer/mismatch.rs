//! Maps that a layer cannot read.

use super::shape::Shape;
use crate::network_error::NetworkError;

/// That the layer called `layer` cannot read `found`.
pub(super) fn mismatch(layer: &str, found: Shape) -> NetworkError {
    NetworkError::Mismatch {
        layer: layer.into(),
        found,
    }
}

/// Refuses an `input` of other than `channels` for the layer called `layer`.
pub(super) fn expect_channels(
    layer: &str,
    channels: usize,
    input: Shape,
) -> Result<(), NetworkError> {
    match input.channels == channels {
        true => Ok(()),
        false => Err(mismatch(layer, input)),
    }
}
