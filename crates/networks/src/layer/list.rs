//! Layers one after the other.

use super::kind::AnyKind;
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;

/// Channels that leave the last layer when `channels` enter the first.
pub(super) fn channels<L: AsRef<AnyKind>>(layers: &[L], channels: usize) -> usize {
    let layers = layers.iter();
    layers.fold(channels, |channels, layer| {
        layer.as_ref().width(channels).channels
    })
}

/// The shape that leaves the last layer when `input` enters the first; adds what that costs.
pub(super) fn trace<L: AsRef<AnyKind>>(
    layers: &[L],
    input: Shape,
    cost: &mut Cost,
) -> Result<Shape, NetworkError> {
    let mut layers = layers.iter();
    layers.try_fold(input, |shape, layer| layer.as_ref().trace(shape, cost))
}
