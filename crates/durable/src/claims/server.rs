//! What a process knows of the file server of its claims, so that it need not ask each time.

use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::clock;

/// How long an answer about the time is taken for one of just now.
const LATELY: Duration = Duration::from_secs(10);

/// What is known of the file server of one folder.
#[derive(Debug, Default)]
pub(super) struct Server {
    is_shared: OnceLock<bool>,
    /// Its time, and when it said so.
    told: Mutex<Option<(SystemTime, Instant)>>,
}

impl Server {
    /// Whether other machines may see the folder; yes where that cannot be found out.
    pub(super) fn is_shared(&self, folder: &Path) -> bool {
        *self.is_shared.get_or_init(|| !is_local(folder))
    }

    /// Its time.
    pub(super) fn now(&self, folder: &Path) -> std::io::Result<SystemTime> {
        let now = clock::now(folder)?;
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Instant::now()));
        Ok(now)
    }

    /// Its time, by what it said not long ago and our own clock since: good enough to find that
    /// somebody lives, and no ground for a death, since the server's clock may have been set.
    pub(super) fn lately(&self, folder: &Path) -> std::io::Result<SystemTime> {
        let told = *self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.map(|(time, at)| (time, at.elapsed())) {
            Some((time, since)) if since < LATELY => Ok(time + since),
            _ => self.now(folder),
        }
    }
}

/// Whether the folder is on a file system of this machine alone: ext2 to ext4, XFS, Btrfs, F2FS, ZFS
/// or memory.
#[cfg(target_os = "linux")]
fn is_local(folder: &Path) -> bool {
    const LOCAL: [u64; 6] = [
        0xEF53,
        0x5846_5342,
        0x9123_683E,
        0xF2F5_2010,
        0x2FC1_2FC1,
        0x0102_1994,
    ];
    rustix::fs::statfs(folder).is_ok_and(|found| LOCAL.contains(&(found.f_type as u64)))
}

#[cfg(not(target_os = "linux"))]
fn is_local(_folder: &Path) -> bool {
    false
}
