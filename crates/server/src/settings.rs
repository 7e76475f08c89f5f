//! What is served, where, and what may be asked for.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use record::StudyDirectory;

use crate::token::Token;

/// Makes the report of a study from its records as they are now, and writes nothing; why it cannot
/// otherwise.
pub type MakeReport = dyn Fn(&StudyDirectory) -> Result<String, String> + Send + Sync;

/// What is served, where, and what may be asked for.
pub struct Settings {
    /// Folders in or below which studies are looked for.
    pub roots: Vec<PathBuf>,
    /// Where to listen; port 0 for any that is free.
    pub address: SocketAddr,
    /// What who asks has to know. Demanded wherever other machines reach the address.
    pub token: Option<Token>,
    /// Whether studies may be stopped and resumed.
    pub allow_stop: bool,
    /// The program that resumes a study: `<program> run <directory>`.
    pub program: PathBuf,
    /// Makes reports.
    pub report: Arc<MakeReport>,
}
