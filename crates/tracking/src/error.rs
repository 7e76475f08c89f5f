//! Why something was not mirrored.

use durable::FileError;
use record::RecordError;
use thiserror::Error;

/// Why something was not mirrored. The study is as it was, whichever it is.
#[derive(Debug, Error)]
pub enum TrackError {
    /// The target cannot be understood.
    #[error("{0}")]
    Target(String),
    /// The study cannot be read.
    #[error("{0}")]
    Record(#[from] RecordError),
    /// A file of the mirror, or of the study, was not read or written.
    #[error("{0}")]
    File(#[from] FileError),
    /// Another process mirrors the study to the same tool.
    #[error("{holder} mirrors this study to MLflow already; what it does need not be done twice")]
    Busy {
        /// Which.
        holder: String,
    },
    /// This machine opens no connections.
    #[error("nothing was sent to {url}: TRANSFUSION_OFFLINE is set, and no connection is opened")]
    Offline {
        /// Where to.
        url: String,
    },
    /// The server was not reached, fell silent, or is out of order.
    #[error("MLflow at {url}: {reason}; nothing is lost, and the next try goes on from here")]
    Server {
        /// Which server.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The server understood, and refused.
    #[error("MLflow at {url} refused {what}: {reason}")]
    Refused {
        /// Which server.
        url: String,
        /// What it was asked.
        what: String,
        /// Why it says so.
        reason: String,
    },
}

impl TrackError {
    /// Whether the same may succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Server { .. } | Self::Busy { .. } => true,
            Self::File(error) => error.is_passing(),
            Self::Record(error) => error.is_passing(),
            Self::Target(_) | Self::Offline { .. } | Self::Refused { .. } => false,
        }
    }
}
