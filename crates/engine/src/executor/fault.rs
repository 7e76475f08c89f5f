//! A device that fails.

/// A device failed in the midst of work. Calls of an [`Executor`](super::Executor) return plain
/// numbers, so whoever computes on a device that can fail is unwound with this, and no wrong number
/// comes of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DeviceFault {
    /// What failed, and what to do.
    pub message: String,
    /// Whether it may go better another time.
    pub is_passing: bool,
}
