//! Losses.

use kernels::ShapeError;

/// Logits, targets, loss and the gradient of the logits.
type Operands<'a> = [&'a mut [f32]; 4];

pub(super) fn cross_entropy(
    classes: usize,
    weight: f32,
    [logits, targets, loss, dlogits]: Operands<'_>,
) -> Result<(), ShapeError> {
    loss[0] = kernels::cross_entropy(classes, logits, targets, weight, dlogits)?;
    Ok(())
}

pub(super) fn binary_cross_entropy(
    weight: f32,
    [logits, targets, loss, dlogits]: Operands<'_>,
) -> Result<(), ShapeError> {
    loss[0] = kernels::binary_cross_entropy(logits, targets, weight, dlogits)?;
    Ok(())
}
