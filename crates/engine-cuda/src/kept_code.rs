//! Machine code of kernels from one start of the program to the next.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

/// More than all kernels take.
const LARGEST: u64 = 64 << 20;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Keeps machine code in this folder from now on: compiling takes seconds. Without effect once a
/// folder was named.
pub fn keep_kernels_in(folder: PathBuf) {
    FOLDER.get_or_init(|| folder);
}

/// The code that `parts` name, the whole of what it depends on: kept, or made by `make` and kept.
/// A file that is damaged, or cannot be read or written, is as none.
pub(crate) fn kept_or<E>(
    parts: &[&str],
    make: impl FnOnce() -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    let path = FOLDER.get().map(|folder| folder.join(name(parts)));
    if let Some(code) = path.as_deref().and_then(read) {
        return Ok(code);
    }
    let code = make()?;
    if let Some(path) = path {
        write(&path, &code);
    }
    Ok(code)
}

fn name(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digits = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    format!("{digits}.cubin")
}

/// Code behind its own digest.
fn read(path: &Path) -> Option<Vec<u8>> {
    if fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let (digest, code) = bytes.split_at_checked(32)?;
    (Sha256::digest(code).as_slice() == digest).then(|| code.to_vec())
}

fn write(path: &Path, code: &[u8]) {
    let Some(folder) = path.parent() else { return };
    let part = path.with_extension(format!("part-{}", std::process::id()));
    let bytes = [Sha256::digest(code).as_slice(), code].concat();
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&part, bytes))
        .and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        fs::remove_file(&part).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_made_once_and_again_where_its_file_is_damaged() {
        let folder = std::env::temp_dir().join(format!("kernels-{}", std::process::id()));
        keep_kernels_in(folder.clone());
        let made = |code: &[u8]| {
            let result: Result<_, ()> = kept_or(&["a", "b"], || Ok(code.to_vec()));
            result.unwrap()
        };
        assert_eq!(made(b"first"), b"first");
        assert_eq!(made(b"second"), b"first");
        fs::write(folder.join(name(&["a", "b"])), b"damaged").unwrap();
        assert_eq!(made(b"third"), b"third");
        assert_ne!(name(&["a", "b"]), name(&["ab"]));
        fs::remove_dir_all(folder).unwrap();
    }
}
