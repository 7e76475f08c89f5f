//! The bytes of known weights: where a user has them, and whether they are the published ones.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use durable::{BLOCK, Digest, Mismatch};

use super::error::CacheError;
use super::known::{Known, Origin};
use super::shards;

/// The file that the user means by `from`: itself, or somewhere in it as in the package.
pub(super) fn find(known: &Known, from: &Path) -> Result<PathBuf, CacheError> {
    let file = match known.origin {
        Origin::Hub { .. } => known.file_name(),
        Origin::Package { file, .. } => file,
    };
    let starts = file.match_indices('/').map(|(at, _)| at + 1);
    let inside = std::iter::once(0)
        .chain(starts)
        .map(|at| from.join(&file[at..]));
    std::iter::once(from.to_path_buf())
        .chain(inside)
        .find(|path| path.is_file())
        .ok_or_else(|| CacheError::NotFound {
            file: known.file_name(),
            from: from.into(),
        })
}

/// Most bytes that are taken for these weights.
pub(super) fn limit(known: &Known) -> u64 {
    2 * known.bytes
}

/// Checks the bytes of the weights at `file`, and writes what it reads into the folder `copy`.
pub(super) fn check(known: &Known, file: &Path, copy: Option<&Path>) -> Result<(), CacheError> {
    let io = |action, path: &Path, source| CacheError::Io {
        action,
        path: path.into(),
        source,
    };
    let files = if known.is_sharded() {
        shards::files(file)?
    } else {
        vec![file.to_path_buf()]
    };
    let mut digest = Digest::new(known.checksum());
    let mut rest = limit(known);
    let mut block = vec![0; BLOCK];
    for (number, path) in files.iter().enumerate() {
        let mut source = outside::open(path).map_err(|e| io("read", path, e))?;
        // The user may have named the file anything; those of a manifest are as it says.
        let name = match number {
            0 => known.file_name().as_ref(),
            _ => path.file_name().unwrap_or_default(),
        };
        let mut target = match copy.map(|folder| folder.join(name)) {
            Some(to) => Some((File::create(&to).map_err(|e| io("write", &to, e))?, to)),
            None => None,
        };
        loop {
            let count = match source.read(&mut block) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read.map_err(|e| io("read", path, e))?,
            };
            if count == 0 {
                break;
            }
            rest = rest
                .checked_sub(count as u64)
                .ok_or_else(|| CacheError::TooLarge {
                    name: known.name,
                    path: path.clone(),
                    limit: limit(known),
                })?;
            digest.update(&block[..count]);
            if let Some((target, to)) = &mut target {
                target
                    .write_all(&block[..count])
                    .map_err(|e| io("write", to, e))?;
            }
        }
        if let Some((target, to)) = &target {
            target.sync_all().map_err(|e| io("write", to, e))?;
        }
    }
    let checked = digest.check(known.checksum());
    checked.map_err(|Mismatch { expected, found }| CacheError::Checksum {
        name: known.name,
        path: file.into(),
        expected,
        found,
    })
}
