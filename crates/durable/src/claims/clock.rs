//! The file server's clock, the only one that all machines can read.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::file::temporary;

/// Gives `file` the time that its server has now.
#[cfg(unix)]
pub(crate) fn touch(file: &File) -> std::io::Result<()> {
    use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};
    // Both at once: that leaves the time to the server, where a time of our own would be sent.
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: UTIME_NOW,
    };
    let times = Timestamps {
        last_access: now,
        last_modification: now,
    };
    Ok(futimens(file, &times)?)
}

/// Gives `file` the time of now.
#[cfg(not(unix))]
pub(crate) fn touch(file: &File) -> std::io::Result<()> {
    file.set_modified(SystemTime::now())
}

/// What the server of `folder` says to be now.
pub(super) fn now(folder: &Path) -> std::io::Result<SystemTime> {
    let probe = temporary(folder)?;
    touch(probe.as_file())?;
    probe.as_file().metadata()?.modified()
}

/// How long before `now` a time was; nothing where it is later.
pub(super) fn age(time: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(time).unwrap_or_default()
}
