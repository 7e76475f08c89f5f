//! One file from a server to its place.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use durable::{BLOCK, Checksum, Mismatch, is_intact, sync_folder};
use ureq::http::{Response, StatusCode, header};

use super::error::DownloadError;
use super::listener::Listener;
use super::lock::Lock;
use super::part::Part;

/// Largest file that is downloaded where nothing smaller is asked for, in bytes.
const LIMIT: u64 = 4 << 30;
/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

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
    /// anything was downloaded. `listener` is told how it goes.
    pub fn run(&self, listener: &mut dyn Listener) -> Result<bool, DownloadError> {
        let is_present = || is_intact(self.path, self.checksum).map_err(|e| self.io(e));
        if is_present()? {
            return Ok(false);
        }
        let parent = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(|e| self.io(e))?;
        let _lock = Lock::wait(self.path, listener).map_err(|e| self.io(e))?;
        if is_present()? {
            return Ok(false);
        }
        let mut part = Part::open(self.path, self.checksum).map_err(|e| self.io(e))?;
        let completed = self.complete(&mut part, listener);
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
    fn complete(&self, part: &mut Part, listener: &mut dyn Listener) -> Result<(), DownloadError> {
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
        listener.started(self.path, part.bytes, total);
        let received = self.receive(part, body.as_reader(), listener);
        listener.ended();
        received?;
        let checked = part.digest.clone().check(self.checksum);
        checked.map_err(|Mismatch { expected, found }| DownloadError::Checksum {
            url: self.url.into(),
            expected,
            found,
        })
    }

    /// Takes in what the server sends, to its end.
    fn receive(
        &self,
        part: &mut Part,
        mut reader: impl Read,
        listener: &mut dyn Listener,
    ) -> Result<(), DownloadError> {
        let mut block = vec![0; BLOCK];
        loop {
            let read = reader.read(&mut block);
            let count = read.map_err(|e| self.network(part, e.to_string()))?;
            if count == 0 {
                return Ok(());
            }
            if part.bytes + count as u64 > self.limit {
                return Err(self.too_large());
            }
            part.append(&block[..count]).map_err(|e| self.io(e))?;
            listener.arrived(part.bytes);
        }
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
