//! Downloads: whole and checked, or absent. What arrived of one that stopped is kept beside its
//! place, in `.part`, and the next try goes on after it.

mod lock;
mod meter;
#[cfg(test)]
pub(crate) mod server;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use ureq::http::{Response, StatusCode, header};

use crate::catalogue::Checksum;
pub(crate) use durable::{BLOCK, Digest, Mismatch, is_intact, sync_folder};
pub(crate) use lock::Lock;
use meter::Meter;

/// Largest file that is downloaded where nothing smaller is asked for, in bytes.
const LIMIT: u64 = 4 << 30;
/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a file was not downloaded.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// The server was not reached, refused or fell silent.
    #[error(
        "cannot download {url}: {reason}; {arrived} bytes are here and the next try goes on after them, or put the file at {} by hand",
        path.display()
    )]
    Network {
        /// From where.
        url: String,
        /// To where.
        path: PathBuf,
        /// Why.
        reason: String,
        /// Bytes in `.part`.
        arrived: u64,
    },
    /// The bytes are not those that were published.
    #[error(
        "{url} has checksum {found}, expected {expected}; nothing was kept: the file was changed or cut off"
    )]
    Checksum {
        /// From where.
        url: String,
        /// Published.
        expected: &'static str,
        /// Received.
        found: String,
    },
    /// There is more of it than there can be.
    #[error("{url} has more than {limit} bytes; nothing was kept: it is not the published file")]
    TooLarge {
        /// From where.
        url: String,
        /// Most that is downloaded.
        limit: u64,
    },
    /// The file system refused.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// One file to download.
#[derive(Clone, Copy, Debug)]
pub struct Download<'a> {
    /// From where.
    pub url: &'a str,
    /// What its bytes must have.
    pub checksum: Checksum,
    /// To where. Beside it, `.part` holds what arrived and `.lock` keeps other processes waiting.
    pub path: &'a Path,
    /// Most that is downloaded, in bytes.
    pub limit: u64,
    /// How long the server may be silent.
    pub patience: Duration,
}

/// What has arrived, in the file that becomes the whole one.
struct Part {
    file: File,
    path: PathBuf,
    bytes: u64,
    digest: Digest,
}

impl<'a> Download<'a> {
    /// A download of at most 4 GiB from a server that is never silent for a minute.
    pub fn new(url: &'a str, checksum: Checksum, path: &'a Path) -> Self {
        Self {
            url,
            checksum,
            path,
            limit: LIMIT,
            patience: PATIENCE,
        }
    }

    /// Downloads the file; one that is there with the right checksum is kept. Returns whether
    /// anything was downloaded.
    pub fn run(&self) -> Result<bool, DownloadError> {
        let is_present = || is_intact(self.path, self.checksum).map_err(|e| self.io(e));
        if is_present()? {
            return Ok(false);
        }
        let parent = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(|e| self.io(e))?;
        let _lock = Lock::wait(self.path).map_err(|e| self.io(e))?;
        if is_present()? {
            return Ok(false);
        }
        let mut part = Part::open(self.path, self.checksum).map_err(|e| self.io(e))?;
        let completed = self.complete(&mut part);
        let is_worthless = match &completed {
            Err(DownloadError::Checksum { .. } | DownloadError::TooLarge { .. }) => true,
            Err(_) => part.bytes == 0,
            Ok(()) => false,
        };
        if is_worthless {
            std::fs::remove_file(&part.path).map_err(|e| self.io(e))?;
        }
        completed?;
        part.file.sync_all().map_err(|e| self.io(e))?;
        std::fs::rename(&part.path, self.path).map_err(|e| self.io(e))?;
        sync_folder(parent).map_err(|e| self.io(e))?;
        Ok(true)
    }

    /// Brings what is missing and checks the whole.
    fn complete(&self, part: &mut Part) -> Result<(), DownloadError> {
        if part.bytes > 0 && part.digest.clone().check(self.checksum).is_ok() {
            return Ok(());
        }
        let mut response = self.request(part)?;
        if part.bytes > 0 && !continues(&response, part.bytes) {
            match response.status() {
                StatusCode::OK => part.clear().map_err(|e| self.io(e))?,
                StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                    part.clear().map_err(|e| self.io(e))?;
                    response = self.request(part)?;
                }
                // A server out of order says nothing of the part.
                _ => {}
            }
        }
        let awaited = match part.bytes {
            0 => StatusCode::OK,
            _ => StatusCode::PARTIAL_CONTENT,
        };
        if response.status() != awaited {
            return Err(self.network(part, format!("the server answered {}", response.status())));
        }
        let body = response.body_mut();
        let total = body.content_length().map(|rest| part.bytes + rest);
        if total.is_some_and(|total| total > self.limit) {
            return Err(self.too_large());
        }
        let mut meter = Meter::new(self.path, part.bytes, total);
        let mut reader = body.as_reader();
        let mut block = vec![0; BLOCK];
        loop {
            let read = reader.read(&mut block);
            let count = read.map_err(|e| self.network(part, e.to_string()))?;
            if count == 0 {
                break;
            }
            if part.bytes + count as u64 > self.limit {
                return Err(self.too_large());
            }
            part.append(&block[..count]).map_err(|e| self.io(e))?;
            meter.arrived(part.bytes);
        }
        let checked = part.digest.clone().check(self.checksum);
        checked.map_err(|Mismatch { expected, found }| DownloadError::Checksum {
            url: self.url.into(),
            expected,
            found,
        })
    }

    /// Asks for what follows the bytes that are here.
    fn request(&self, part: &Part) -> Result<Response<ureq::Body>, DownloadError> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_connect(Some(self.patience.min(Duration::from_secs(30))))
            .timeout_recv_response(Some(self.patience))
            .timeout_per_read(Some(self.patience))
            .http_status_as_error(false)
            // The rest of a compressed file would not fit the part of a plain one.
            .accept_encoding("identity")
            .build()
            .into();
        let mut request = agent.get(self.url);
        if part.bytes > 0 {
            request = request.header(header::RANGE, format!("bytes={}-", part.bytes));
        }
        request
            .call()
            .map_err(|e| self.network(part, e.to_string()))
    }

    fn network(&self, part: &Part, reason: String) -> DownloadError {
        DownloadError::Network {
            url: self.url.into(),
            path: self.path.into(),
            reason,
            arrived: part.bytes,
        }
    }

    fn too_large(&self) -> DownloadError {
        DownloadError::TooLarge {
            url: self.url.into(),
            limit: self.limit,
        }
    }

    fn io(&self, source: std::io::Error) -> DownloadError {
        DownloadError::Io {
            path: self.path.into(),
            source,
        }
    }
}

/// Whether the response holds the bytes from `start` on.
fn continues(response: &Response<ureq::Body>, start: u64) -> bool {
    let range = response.headers().get(header::CONTENT_RANGE);
    response.status() == StatusCode::PARTIAL_CONTENT
        && range
            .and_then(|r| r.to_str().ok())
            .is_some_and(|r| r.starts_with(&format!("bytes {start}-")))
}

impl Part {
    fn open(whole: &Path, checksum: Checksum) -> std::io::Result<Self> {
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

    fn clear(&mut self) -> std::io::Result<()> {
        self.bytes = 0;
        self.digest.clear();
        self.file.set_len(0)?;
        self.file.rewind()
    }

    fn append(&mut self, block: &[u8]) -> std::io::Result<()> {
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
