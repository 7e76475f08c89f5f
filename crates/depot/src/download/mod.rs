//! Downloads: whole and checked, or absent. What arrived of one that stopped is kept beside its
//! place, in `.part`, and the next try goes on after it.

mod error;
mod listener;
mod lock;
mod offline;
mod part;
#[cfg(test)]
pub(crate) mod server;
#[cfg(test)]
mod tests;
mod transfer;

pub use error::DownloadError;
pub use listener::Listener;
pub(crate) use lock::Lock;
pub use offline::{OFFLINE, is_offline};
pub(crate) use part::beside;
pub use transfer::Download;
