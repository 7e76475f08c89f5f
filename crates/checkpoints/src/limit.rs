//! How much is read.

/// Largest weights file that is read, in bytes.
pub(super) const FILE_LIMIT: u64 = 4 << 30;
