//! Why weights are not in the cache.

use std::path::PathBuf;

use thiserror::Error;

use super::folder::VARIABLE;
use crate::download::DownloadError;

/// Why weights are not in the cache.
#[derive(Debug, Error)]
pub enum CacheError {
    /// Nothing says where the cache is.
    #[error("there is no folder to keep weights in: name one in {VARIABLE}, or set HOME")]
    NoFolder,
    /// Not there, and nothing may be downloaded.
    #[error(
        "{name} is {state} in the cache ({}); leave out --offline where there is a network, or bring the file and name it with --from",
        path.display()
    )]
    Offline {
        /// Which weights.
        name: &'static str,
        /// Where they would be.
        path: PathBuf,
        /// Missing or damaged.
        state: &'static str,
    },
    /// It is not on a hub.
    #[error(
        "{name} is part of a package and not downloaded from here; get it with\n  {}\n  transfusion weights fetch {name} --from {file}",
        commands.join("\n  ")
    )]
    InPackage {
        /// Which weights.
        name: &'static str,
        /// What gets the package.
        commands: &'static [&'static str],
        /// The file of the package.
        file: &'static str,
    },
    /// Nothing at the place the user named.
    #[error("there is no {file} at {}: name the file, or a folder that holds it", from.display())]
    NotFound {
        /// What was looked for.
        file: &'static str,
        /// What the user named.
        from: PathBuf,
    },
    /// The bytes are not those that were published.
    #[error(
        "{} is not {name}: its SHA-256 is {found}, expected {expected}; nothing was kept",
        path.display()
    )]
    Checksum {
        /// Which weights.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// Published.
        expected: &'static str,
        /// Of the file.
        found: String,
    },
    /// There is far more of it than there can be.
    #[error("{} is not {name}: it has more than {limit} bytes; nothing was kept", path.display())]
    TooLarge {
        /// Which weights.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// Most that is read.
        limit: u64,
    },
    /// The manifest of a model in several files.
    #[error("{}: {reason}; unpack the package again", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The download ended badly.
    #[error(transparent)]
    Download(#[from] DownloadError),
}
