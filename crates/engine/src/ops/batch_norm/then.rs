//! What follows a batch norm.

use networks::PoolGeometry;

/// What follows the normalisation in the same operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ops) enum Then {
    Nothing,
    Relu,
    ReluMaxPool(PoolGeometry),
}
