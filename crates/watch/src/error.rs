//! Why a study is not shown on a terminal.

use thiserror::Error;

/// Why a study is not shown on a terminal.
#[derive(Debug, Error)]
pub enum WatchError {
    /// Nobody would see it.
    #[error(
        "--watch needs a terminal: leave it out to print how the study stands now, or write --json for a program"
    )]
    NoTerminal,
    /// The terminal cannot be drawn on.
    #[error("cannot draw on the terminal: {0}")]
    Terminal(std::io::Error),
    /// The study cannot be watched.
    #[error(transparent)]
    Live(#[from] live::LiveError),
}
