//! A pack copied to a folder of this machine, once for all processes there.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use durable::{BLOCK, FileDigest, Lock, Manifest, sha256_hex};
use sha2::{Digest as _, Sha256};

use crate::header::HEADER;

/// Environment variable that names a folder of this machine, to which packs are copied.
pub const SCRATCH: &str = "TRANSFUSION_SCRATCH";

/// Most bytes of a header: 1 GiB.
const MOST_HEADER: u64 = 1 << 30;
/// Share of the room of a pack that has to be left beside it.
const SPARE: u64 = 20;

/// Where to read the pack at `folder` from, and what to say of it.
pub(crate) fn nearest(folder: &Path, files: &Manifest) -> (PathBuf, Vec<String>) {
    let named = std::env::var_os(SCRATCH).filter(|name| !name.is_empty());
    let Some(scratch) = named.map(PathBuf::from) else {
        return (folder.into(), Vec::new());
    };
    match copied(folder, &scratch, files, free) {
        Ok((copy, how)) => {
            let said = format!(
                "pack {} is read from {}, {how}",
                folder.display(),
                copy.display()
            );
            (copy, vec![said])
        }
        Err(reason) => {
            let said = format!(
                "pack {} is read where it is, not from {SCRATCH}={}: {reason}",
                folder.display(),
                scratch.display()
            );
            (folder.into(), vec![said])
        }
    }
}

/// The copy in `scratch`: whole, of files that have their digests. `free` tells the bytes that a
/// folder has room for.
fn copied(
    folder: &Path,
    scratch: &Path,
    files: &Manifest,
    free: impl Fn(&Path) -> Option<u64>,
) -> Result<(PathBuf, &'static str), String> {
    let header = outside::read(&HEADER.path(folder), MOST_HEADER).map_err(|e| e.to_string())?;
    let digest = sha256_hex(&header);
    let name = format!("transfusion-pack-{}", &digest[..16]);
    let place = scratch.join(&name);
    if is_whole(&place, files) {
        return Ok((place, "which was there"));
    }
    let lock = Lock::wait(scratch.join(format!(".{name}.lock")), || {});
    let _lock = lock.map_err(|error| error.to_string())?;
    if is_whole(&place, files) {
        return Ok((place, "which another process copied"));
    }
    let bytes: u64 = files
        .files()
        .map(|(_, file)| file.bytes)
        .fold(header.len() as u64, u64::saturating_add);
    let wanted = bytes.saturating_add(bytes / SPARE);
    if let Some(free) = free(scratch).filter(|free| *free < wanted) {
        return Err(format!(
            "it takes {} MiB, {} are free",
            wanted >> 20,
            free >> 20
        ));
    }
    // Only who holds the lock gets here: what is there was left by a process that was killed.
    let arriving = scratch.join(format!(".{name}.arriving"));
    for old in [&arriving, &place] {
        if fs::symlink_metadata(old).is_ok() {
            fs::remove_dir_all(old).map_err(|error| error.to_string())?;
        }
    }
    let arrived = arrive(folder, &arriving, files, &header);
    let moved = arrived.and_then(|()| fs::rename(&arriving, &place).map_err(|e| e.to_string()));
    if let Err(reason) = moved {
        fs::remove_dir_all(&arriving).ok();
        return Err(reason);
    }
    Ok((place, "to which it was copied"))
}

fn arrive(folder: &Path, to: &Path, files: &Manifest, header: &[u8]) -> Result<(), String> {
    let mut builder = fs::DirBuilder::new();
    // Pictures of patients, on a machine of many users.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(to).map_err(|error| error.to_string())?;
    for (name, stated) in files.files() {
        let of_file = |reason: String| format!("{name}: {reason}");
        copy(&folder.join(name), &to.join(name), stated).map_err(of_file)?;
    }
    fs::write(HEADER.path(to), header).map_err(|error| error.to_string())
}

/// Copies a file; other bytes than stated are refused.
fn copy(from: &Path, to: &Path, stated: &FileDigest) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let mut source = outside::open(from).map_err(told)?.take(stated.bytes);
    let mut file = File::create_new(to).map_err(told)?;
    let (mut block, mut hash) = (vec![0; BLOCK], Sha256::new());
    loop {
        match source.read(&mut block) {
            Ok(0) => break,
            Ok(count) => {
                hash.update(&block[..count]);
                file.write_all(&block[..count]).map_err(told)?;
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(told(e)),
        }
    }
    let found = format!("{:x}", hash.finalize());
    match found == stated.sha256 {
        true => Ok(()),
        false => Err(format!("expected SHA-256 {}, found {found}", stated.sha256)),
    }
}

/// Whether all files are there with their sizes; their bytes are held against digests when read.
fn is_whole(place: &Path, files: &Manifest) -> bool {
    let has = |(name, stated): (&str, &FileDigest)| {
        fs::metadata(place.join(name)).is_ok_and(|found| found.len() == stated.bytes)
    };
    HEADER.path(place).is_file() && files.files().all(has)
}

/// Bytes that the file system of `folder` has room for, where it says.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    (found.f_blocks > 0).then(|| found.f_bavail.saturating_mul(found.f_frsize))
}

/// Elsewhere it shows when it is copied.
#[cfg(not(unix))]
fn free(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_whole_or_absent_and_made_once() {
        let above = tempfile::tempdir().expect("a folder");
        let (folder, scratch) = (above.path().join("pack"), above.path().join("local"));
        for folder in [&folder, &scratch] {
            fs::create_dir(folder).expect("a folder");
        }
        fs::write(folder.join("samples-00000.bin"), vec![7; 1 << 21]).expect("a file");
        fs::write(HEADER.path(&folder), "{}").expect("a file");
        let files = Manifest::of(&folder, &[HEADER.name()]).expect("files");
        let there = || fs::read_dir(&scratch).expect("a folder").count();

        let refused = copied(&folder, &scratch, &files, |_| Some(1 << 20)).expect_err("no room");
        assert_eq!(refused, "it takes 2 MiB, 1 are free");
        assert_eq!(there(), 0);

        let ways: Vec<&str> = std::thread::scope(|scope| {
            let copy = || copied(&folder, &scratch, &files, |_| None).expect("room").1;
            let all: Vec<_> = (0..6).map(|_| scope.spawn(copy)).collect();
            all.into_iter()
                .map(|one| one.join().expect("no panic"))
                .collect()
        });
        let new = ways
            .iter()
            .filter(|way| way.starts_with("to which"))
            .count();
        assert_eq!((new, there()), (1, 1));

        // Cut short since: copied again. Changed at its source: refused, and nothing is left.
        let (copy, _) = copied(&folder, &scratch, &files, |_| None).expect("a copy");
        fs::write(copy.join("samples-00000.bin"), "cut").expect("a file");
        let (_, how) = copied(&folder, &scratch, &files, |_| None).expect("a copy");
        assert_eq!(how, "to which it was copied");
        fs::remove_dir_all(&copy).expect("removed");
        fs::write(folder.join("samples-00000.bin"), vec![8; 1 << 21]).expect("a file");
        let refused = copied(&folder, &scratch, &files, |_| None).expect_err("changed");
        assert!(refused.contains("expected SHA-256"), "{refused}");
        assert_eq!(there(), 0);
    }
}
