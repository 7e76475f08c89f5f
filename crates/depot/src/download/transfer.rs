//! One file from a server to its place.

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use durable::{BLOCK, Checksum, Mismatch, is_intact, sync_folder};
use ureq::http::{Response, StatusCode, header};

use super::error::DownloadError;
use super::listener::Listener;
use super::lock::Lock;
use super::offline::is_offline;
use super::part::Part;

/// Largest file that is downloaded where nothing smaller is asked for, in bytes.
const LIMIT: u64 = 4 << 30;
/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// Fewest bytes that have to arrive while that long: 1 KiB a second.
const PROGRESS: u64 = 60 << 10;
/// How long a download may take, from when nobody else makes the file.
const DEADLINE: Duration = Duration::from_secs(3600);

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
    /// Fewest bytes that have to arrive in every stretch of `patience`.
    pub progress: u64,
    /// How long it may take in all. What has arrived by then is kept, and the next try goes on.
    pub deadline: Duration,
}

impl<'a> Download<'a> {
    /// A download of at most 4 GiB and an hour, from a server that is never silent for a minute and
    /// sends 1 KiB a second or more.
    pub fn new(url: &'a str, checksum: Checksum, path: &'a Path) -> Self {
        Self {
            url,
            checksum,
            path,
            limit: LIMIT,
            patience: PATIENCE,
            progress: PROGRESS,
            deadline: DEADLINE,
        }
    }

    /// Downloads the file; one that is there with the right checksum is kept. Returns whether
    /// anything was downloaded. `listener` is told how it goes.
    pub fn run(&self, listener: &mut dyn Listener) -> Result<bool, DownloadError> {
        let is_present = || is_intact(self.path, self.checksum).map_err(|e| self.io(e));
        if is_present()? {
            return Ok(false);
        }
        if is_offline() {
            return Err(DownloadError::Offline {
                path: self.path.into(),
            });
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
        // Others wait for the lock meanwhile: a server that drips must not hold it for ever.
        let end = Instant::now() + self.deadline;
        let mut response = self.request(part, end)?;
        if part.bytes > 0 && !continues(&response, part.bytes) {
            match response.status() {
                StatusCode::OK => part.clear().map_err(|e| self.io(e))?,
                StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                    part.clear().map_err(|e| self.io(e))?;
                    response = self.request(part, end)?;
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
        let received = self.receive(part, body.as_reader(), end, listener);
        listener.ended();
        received?;
        let checked = part.digest.clone().check(self.checksum);
        checked.map_err(|Mismatch { expected, found }| DownloadError::Checksum {
            url: self.url.into(),
            expected,
            found,
        })
    }

    /// Takes in what the server sends until it ends, or until `end`.
    fn receive(
        &self,
        part: &mut Part,
        mut reader: impl Read,
        end: Instant,
        listener: &mut dyn Listener,
    ) -> Result<(), DownloadError> {
        let mut block = vec![0; BLOCK];
        // The stretch that is measured: since when, and from which byte.
        let (mut since, mut from) = (Instant::now(), part.bytes);
        loop {
            let read = reader.read(&mut block);
            let now = Instant::now();
            if now >= end {
                return Err(self.network(part, self.out_of_time()));
            }
            let count = read.map_err(|e| self.network(part, e.to_string()))?;
            if count == 0 {
                return Ok(());
            }
            if part.bytes + count as u64 > self.limit {
                return Err(self.too_large());
            }
            part.append(&block[..count]).map_err(|e| self.io(e))?;
            listener.arrived(part.bytes);
            if now - since >= self.patience {
                let arrived = part.bytes - from;
                if arrived < self.progress {
                    let reason = format!(
                        "the server sent {arrived} bytes in {:.1} s, and {} are the fewest",
                        (now - since).as_secs_f64(),
                        self.progress
                    );
                    return Err(self.network(part, reason));
                }
                (since, from) = (now, part.bytes);
            }
        }
    }

    /// Asks for what follows the bytes that are here; nothing of it takes beyond `end`.
    fn request(&self, part: &Part, end: Instant) -> Result<Response<ureq::Body>, DownloadError> {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(self.network(part, self.out_of_time()));
        }
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(left))
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
        request.call().map_err(|error| {
            let reason = match Instant::now() >= end {
                true => self.out_of_time(),
                false => error.to_string(),
            };
            self.network(part, reason)
        })
    }

    fn out_of_time(&self) -> String {
        let most = self.deadline.as_secs_f64();
        format!("it took more than {most:.1} s in all")
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
