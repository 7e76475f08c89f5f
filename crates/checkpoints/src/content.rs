//! What a weights file holds, beside how it was written.

use std::collections::BTreeMap;

use super::host::Weights;

/// What was read of a file.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) weights: Weights,
    /// Free text by key.
    pub(super) metadata: BTreeMap<String, String>,
    /// What was passed over, a phrase each.
    pub(super) skipped: Vec<String>,
    /// Whether the part that was asked for is what was read.
    pub(super) is_part: bool,
}
