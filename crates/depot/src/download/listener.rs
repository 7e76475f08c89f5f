//! Who is told how a download goes.

use std::path::Path;

/// Told how a download goes. All methods do nothing if they are not written; `()` listens to
/// nothing.
pub trait Listener {
    /// Another process makes the file at `path`; this one waits.
    fn waiting(&mut self, path: &Path) {
        let _ = path;
    }

    /// The file at `path` begins to arrive, or goes on after the `first` bytes that are here, of
    /// `total` if the server says so.
    fn started(&mut self, path: &Path, first: u64, total: Option<u64>) {
        let _ = (path, first, total);
    }

    /// `bytes` are here in all.
    fn arrived(&mut self, bytes: u64) {
        let _ = bytes;
    }

    /// No more will arrive, for better or worse.
    fn ended(&mut self) {}
}

impl Listener for () {}
