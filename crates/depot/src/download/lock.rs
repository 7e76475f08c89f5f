//! One process at a time makes a file.

use std::path::Path;

use super::listener::Listener;
use super::part::beside;

/// Held while a process makes a file; others wait.
#[derive(Debug)]
pub(crate) struct Lock {
    _held: durable::Lock,
}

impl Lock {
    /// Waits until nobody else makes `whole`, and tells `listener` if it has to.
    pub(crate) fn wait(whole: &Path, listener: &mut dyn Listener) -> std::io::Result<Self> {
        let held = durable::Lock::wait(beside(whole, "lock"), || listener.waiting(whole))?;
        Ok(Self { _held: held })
    }
}
