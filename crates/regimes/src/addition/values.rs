//! The numbers of tensors.

use networks::Weights;

/// The numbers of a tensor, which was found to be there; none where it is not.
pub(super) fn values<'w>(weights: &'w Weights, path: &str) -> &'w [f32] {
    let tensor = weights.tensors.get(path);
    tensor.map_or(&[], |tensor| tensor.values.as_slice())
}
