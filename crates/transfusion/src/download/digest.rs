//! Checksums computed as bytes pass.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::catalogue::Checksum;

/// Bytes read at a time.
pub(crate) const BLOCK: usize = 1 << 16;

/// The checksum of the bytes so far.
#[derive(Clone)]
pub(crate) enum Digest {
    Sha256(Sha256),
    Md5(Md5),
}

/// Bytes that are not those that were published.
#[derive(Debug)]
pub(crate) struct Mismatch {
    pub(crate) expected: &'static str,
    /// Hexadecimal.
    pub(crate) found: String,
}

impl Digest {
    /// Of no bytes yet, by the rule of `checksum`.
    pub(crate) fn new(checksum: Checksum) -> Self {
        match checksum {
            Checksum::Sha256(_) => Self::Sha256(Sha256::new()),
            Checksum::Md5(_) => Self::Md5(Md5::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(digest) => digest.update(bytes),
            Self::Md5(digest) => digest.update(bytes),
        }
    }

    pub(crate) fn clear(&mut self) {
        match self {
            Self::Sha256(digest) => digest.reset(),
            Self::Md5(digest) => digest.reset(),
        }
    }

    /// Takes in `reader` to its end and returns its bytes.
    pub(crate) fn read(&mut self, reader: &mut impl Read) -> std::io::Result<u64> {
        let (mut block, mut bytes) = (vec![0; BLOCK], 0);
        loop {
            match reader.read(&mut block) {
                Ok(0) => return Ok(bytes),
                Ok(count) => {
                    self.update(&block[..count]);
                    bytes += count as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Compares with what was published, of which the first digits may be all there is.
    pub(crate) fn check(self, checksum: Checksum) -> Result<(), Mismatch> {
        let found = match self {
            Self::Sha256(digest) => format!("{:x}", digest.finalize()),
            Self::Md5(digest) => format!("{:x}", digest.finalize()),
        };
        let (Checksum::Sha256(expected) | Checksum::Md5(expected)) = checksum;
        if found.starts_with(expected) {
            Ok(())
        } else {
            Err(Mismatch { expected, found })
        }
    }
}

/// Whether the file is there with the published bytes.
pub(crate) fn is_intact(path: &Path, checksum: Checksum) -> std::io::Result<bool> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    let mut digest = Digest::new(checksum);
    digest.read(&mut file)?;
    Ok(digest.check(checksum).is_ok())
}
