//! Why a server does not start.

use std::net::SocketAddr;

use thiserror::Error;

/// Why a server does not start.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {source}; choose another with --port or --listen")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// It would be open to everybody.
    #[error(
        "{address} can be reached from other machines, and there is no token; that is not served"
    )]
    Open {
        /// The address.
        address: SocketAddr,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
    /// The system gives no threads.
    #[error("cannot start the threads of the server: {0}")]
    Threads(std::io::Error),
    /// Studies cannot be watched.
    #[error(transparent)]
    Watch(#[from] live::LiveError),
    /// A token that is no part of an address.
    #[error(
        "expected a token of at least 16 letters, digits, - and _, found {0} characters; leave it out for a random one"
    )]
    Token(usize),
}
