//! Downloads: whole and checked, or absent.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::Md5;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::catalogue::Checksum;
use crate::record::temporary;

/// Largest file that is downloaded, in bytes.
const LIMIT: u64 = 4 << 30;

/// Why a file was not downloaded. Nothing is left behind then.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// The server was not reached, or refused.
    #[error("cannot download {url}: {reason}; nothing was kept, try again or fetch it by hand into {}", path.display())]
    Network {
        /// From where.
        url: String,
        /// To where.
        path: PathBuf,
        /// Why.
        reason: String,
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
    /// The file system refused.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Downloads `url` to `path` if its bytes have the checksum; a file already there with the right
/// checksum is kept. Returns whether anything was downloaded.
pub fn download(url: &str, checksum: Checksum, path: &Path) -> Result<bool, DownloadError> {
    let io = |source| DownloadError::Io {
        path: path.into(),
        source,
    };
    if let Ok(bytes) = std::fs::read(path)
        && verify(&bytes, checksum).is_ok()
    {
        return Ok(false);
    }
    let network = |reason: String| DownloadError::Network {
        url: url.into(),
        path: path.into(),
        reason,
    };
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_global(Some(Duration::from_secs(3600)))
        .build()
        .into();
    let mut response = agent.get(url).call().map_err(|e| network(e.to_string()))?;
    let parent = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(io)?;
    let mut file = temporary(parent).map_err(io)?;
    let mut bytes = Vec::new();
    let mut body = response.body_mut().with_config().limit(LIMIT).reader();
    body.read_to_end(&mut bytes)
        .map_err(|e| network(e.to_string()))?;
    verify(&bytes, checksum).map_err(|(expected, found)| DownloadError::Checksum {
        url: url.into(),
        expected,
        found,
    })?;
    file.write_all(&bytes).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    file.persist(path).map_err(|e| io(e.error))?;
    Ok(true)
}

fn verify(bytes: &[u8], checksum: Checksum) -> Result<(), (&'static str, String)> {
    let (expected, found) = match checksum {
        Checksum::Sha256(expected) => (expected, format!("{:x}", Sha256::digest(bytes))),
        Checksum::Md5(expected) => (expected, format!("{:x}", Md5::digest(bytes))),
    };
    if found == expected {
        Ok(())
    } else {
        Err((expected, found))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A server that answers one request with `bytes` but announces `length` of them.
    fn serve(bytes: &'static [u8], length: usize) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/file", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(bytes);
        });
        url
    }

    const HELLO: Checksum = Checksum::Md5("5d41402abc4b2a76b9719d911017c592");

    #[test]
    fn a_whole_file_is_kept_and_not_fetched_twice() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data/hello");
        assert!(download(&serve(b"hello", 5), HELLO, &path).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"hello");
        assert!(!download("http://127.0.0.1:9/never", HELLO, &path).unwrap());
    }

    #[test]
    fn a_cut_or_changed_file_never_counts_as_present() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hello");
        assert!(matches!(
            download(&serve(b"hel", 5), HELLO, &path),
            Err(DownloadError::Network { .. })
        ));
        assert!(matches!(
            download(&serve(b"hellp", 5), HELLO, &path),
            Err(DownloadError::Checksum { .. })
        ));
        assert!(matches!(
            download("http://127.0.0.1:9/never", HELLO, &path),
            Err(DownloadError::Network { .. })
        ));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
