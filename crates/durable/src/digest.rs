//! Checksums computed as bytes pass.

use std::io::{ErrorKind, Read};
use std::path::Path;

use md5::Md5;
use sha2::{Digest as _, Sha256};

/// Bytes read at a time.
pub const BLOCK: usize = 1 << 16;

/// How a published file is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// Hexadecimal SHA-256, or its first digits, at least 8, where the publisher states no more.
    Sha256(&'static str),
    /// Hexadecimal MD5, where the publisher gives nothing better.
    Md5(&'static str),
}

/// The checksum of the bytes so far.
///
/// ```
/// use durable::{Checksum, Digest};
///
/// // printf abc | sha256sum
/// let published = Checksum::Sha256("ba7816bf8f01cfea");
/// let mut digest = Digest::new(published);
/// digest.update(b"ab");
/// digest.update(b"c");
/// assert!(digest.check(published).is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct Digest(Rule);

#[derive(Clone, Debug)]
enum Rule {
    Sha256(Sha256),
    Md5(Md5),
}

/// Bytes that are not those that were published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was published, in hexadecimal; maybe the first digits only.
    pub expected: &'static str,
    /// All digits of what is there, in hexadecimal.
    pub found: String,
}

/// The SHA-256 of the bytes in 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

impl Digest {
    /// Of no bytes yet, by the rule of `checksum`.
    pub fn new(checksum: Checksum) -> Self {
        match checksum {
            Checksum::Sha256(_) => Self(Rule::Sha256(Sha256::new())),
            Checksum::Md5(_) => Self(Rule::Md5(Md5::new())),
        }
    }

    /// Takes in further bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Rule::Sha256(digest) => digest.update(bytes),
            Rule::Md5(digest) => digest.update(bytes),
        }
    }

    /// Forgets all bytes.
    pub fn clear(&mut self) {
        match &mut self.0 {
            Rule::Sha256(digest) => digest.reset(),
            Rule::Md5(digest) => digest.reset(),
        }
    }

    /// Takes in `reader` to its end and returns its bytes.
    pub fn read(&mut self, reader: &mut impl Read) -> std::io::Result<u64> {
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
    pub fn check(self, checksum: Checksum) -> Result<(), Mismatch> {
        let found = match self.0 {
            Rule::Sha256(digest) => format!("{:x}", digest.finalize()),
            Rule::Md5(digest) => format!("{:x}", digest.finalize()),
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
pub fn is_intact(path: &Path, checksum: Checksum) -> std::io::Result<bool> {
    let mut file = match outside::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    let mut digest = Digest::new(checksum);
    digest.read(&mut file)?;
    Ok(digest.check(checksum).is_ok())
}
