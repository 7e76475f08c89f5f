//! What one process finds out by itself.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::check::Check;
use super::dialogue::Partner;
use super::error::StoreError;
use crate::error::FileError;
use crate::file::{sync_folder, write};

pub(super) const SYNCED: &str = "files and folders are synced";
pub(super) const NAMED: &str = "names of 200 bytes";
pub(super) const ROOM: &str = "room";
pub(super) const WRITES: &str = "synced writes a second";

/// Longest name that a study makes, in bytes, with some to spare.
const NAME: usize = 200;
/// Less is found fault with, in bytes.
const LEAST_ROOM: u64 = 1 << 30;
/// Less is found fault with: a run has about a dozen files.
const LEAST_FILES: u64 = 10_000;
/// How long speed is measured.
const WINDOW: Duration = Duration::from_secs(1);
/// Fewer synced writes a second than this are found fault with.
const FEW: f64 = 2.0;

pub(super) fn synced(folder: &Path, _: &mut Partner) -> Result<Check, StoreError> {
    let path = folder.join("synced");
    let mut file = File::create(&path).map_err(FileError::io("create", &path))?;
    let began = Instant::now();
    let of_file = file.write_all(b"synced").and_then(|()| file.sync_all());
    of_file.map_err(FileError::io("sync", &path))?;
    let file = began.elapsed();
    sync_folder(folder).map_err(FileError::io("sync", folder))?;
    let both = began.elapsed();
    let seen = format!("{} and {}", spell(file), spell(both - file));
    Ok(Check::fine(SYNCED, seen)
        .figure("file_seconds", file.as_secs_f64())
        .figure("folder_seconds", (both - file).as_secs_f64()))
}

pub(super) fn named(folder: &Path, _: &mut Partner) -> Result<Check, StoreError> {
    let path = folder.join("n".repeat(NAME));
    write(&path, b"named")?;
    let read = std::fs::read(&path).map_err(FileError::io("read", &path))?;
    Ok(Check::fine(NAMED, "written and read").unless(
        read == b"named",
        "another file was read: runs with long names of models would be lost; choose another folder",
    ))
}

#[cfg(unix)]
pub(super) fn room(folder: &Path, _: &mut Partner) -> Result<Check, StoreError> {
    let found =
        rustix::fs::statvfs(folder).map_err(|e| FileError::io("look at", folder)(e.into()))?;
    let bytes = found.f_bavail.saturating_mul(found.f_frsize);
    // Some file systems make room for files as they come, and say 0 of 0.
    let files = (found.f_files > 0).then_some(found.f_favail);
    let seen = match files {
        Some(files) => format!("{:.1} GB, {files} files", bytes as f64 / 1e9),
        None => format!("{:.1} GB", bytes as f64 / 1e9),
    };
    let check = Check::fine(ROOM, seen).figure("free_bytes", bytes as f64);
    let check = match files {
        Some(files) => check.figure("free_files", files as f64),
        None => check,
    };
    Ok(check.unless(
        bytes >= LEAST_ROOM && files.is_none_or(|files| files >= LEAST_FILES),
        "a study would soon stop with exit code 75, losing nothing: make room; `transfusion plan` says how much a study takes. A quota may be smaller than this: ask for yours",
    ))
}

#[cfg(not(unix))]
pub(super) fn room(_: &Path, _: &mut Partner) -> Result<Check, StoreError> {
    Ok(Check::fine(ROOM, "not known on this system"))
}

pub(super) fn writes(folder: &Path, _: &mut Partner) -> Result<Check, StoreError> {
    let path = folder.join("record");
    let bytes = vec![b'x'; 4096];
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < WINDOW {
        write(&path, &bytes)?;
        count += 1;
    }
    let speed = f64::from(count) / began.elapsed().as_secs_f64();
    Ok(Check::fine(WRITES, format!("{speed:.0} of 4 KiB"))
        .figure("per_second", speed)
        .unless(
            speed >= FEW,
            "each evaluation of a run waits for the file server: evaluate less often (`eval_every`), or choose a faster folder",
        ))
}

/// A length of time with a unit that suits it.
pub(super) fn spell(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 1.0 => format!("{:.1} ms", 1e3 * s),
        s => format!("{s:.1} s"),
    }
}
