//! The sign of life of a claim's owner.

use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::clock::touch;

/// Touches a file regularly until it is dropped.
#[derive(Debug)]
pub(super) struct Heartbeat {
    file: Arc<File>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heartbeat {
    pub(super) fn start(file: File, every: Duration) -> std::io::Result<Self> {
        let file = Arc::new(file);
        let touched = file.clone();
        let (stop, stopped) = channel::<()>();
        let beat = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(every) {
                // One beat that fails may be followed by one that does not; if none does, the
                // others see it, and the owner when it asks whether it still holds.
                touch(&touched).ok();
            }
        };
        let thread = Builder::new().name("heartbeat".into()).spawn(beat)?;
        Ok(Self {
            file,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Beats now. Whether the file still has a name; a yes where only its name can tell.
    pub(super) fn beat(&self) -> bool {
        // Of a file that was removed from a network file system, both fail.
        touch(&self.file).is_ok() && is_linked(&self.file)
    }
}

#[cfg(unix)]
fn is_linked(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|m| m.nlink() > 0)
}

#[cfg(not(unix))]
fn is_linked(_file: &File) -> bool {
    true
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
