//! The sign of life of a claim's owner.

use std::fs::File;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::clock::touch;

/// The files of the claims that are held.
type Files = Mutex<Vec<Weak<File>>>;

/// Touches the files of an owner's claims regularly, all by one thread, until it is dropped.
#[derive(Debug)]
pub(super) struct Pacemaker {
    files: Arc<Files>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pacemaker {
    pub(super) fn start(every: Duration) -> std::io::Result<Self> {
        let files = Arc::new(Files::default());
        let touched = files.clone();
        let (stop, stopped) = channel::<()>();
        let pace = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(every) {
                let held = of(&touched);
                for file in held.iter().filter_map(Weak::upgrade) {
                    // One beat that fails may be followed by one that does not; if none does, the
                    // others see it, and the owner when it asks whether it still holds.
                    touch(&file).ok();
                }
            }
        };
        let thread = Builder::new().name("heartbeat".into()).spawn(pace)?;
        Ok(Self {
            files,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// Those that are held now; the others are forgotten.
fn of(files: &Files) -> Vec<Weak<File>> {
    let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
    files.retain(|file| file.strong_count() > 0);
    files.clone()
}

impl Drop for Pacemaker {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Keeps one claim alive until it is dropped.
#[derive(Debug)]
pub(super) struct Heartbeat {
    file: Arc<File>,
    /// Beats as long as a claim is held, also where nobody takes any more.
    _pacemaker: Arc<Pacemaker>,
}

impl Heartbeat {
    pub(super) fn start(file: File, pacemaker: Arc<Pacemaker>) -> Self {
        let file = Arc::new(file);
        let mut files = pacemaker
            .files
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        files.retain(|file| file.strong_count() > 0);
        files.push(Arc::downgrade(&file));
        drop(files);
        Self {
            file,
            _pacemaker: pacemaker,
        }
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
