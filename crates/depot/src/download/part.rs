//! What has arrived of a file, beside its place.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};

use durable::{Checksum, Digest};

/// What has arrived, in the file that becomes the whole one.
pub(super) struct Part {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) digest: Digest,
}

impl Part {
    pub(super) fn open(whole: &Path, checksum: Checksum) -> std::io::Result<Self> {
        let path = beside(whole, "part");
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)?;
        let mut digest = Digest::new(checksum);
        let bytes = digest.read(&mut file)?;
        Ok(Self {
            file,
            path,
            bytes,
            digest,
        })
    }

    pub(super) fn clear(&mut self) -> std::io::Result<()> {
        self.bytes = 0;
        self.digest.clear();
        self.file.set_len(0)?;
        self.file.rewind()
    }

    pub(super) fn append(&mut self, block: &[u8]) -> std::io::Result<()> {
        self.file.write_all(block)?;
        self.digest.update(block);
        self.bytes += block.len() as u64;
        Ok(())
    }
}

/// `path` with a further ending.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
