//! Pretrained weights that others published: which are known, and the folder they are kept in.

pub mod builtin;
pub mod cache;
mod content;
mod entries;
mod error;
pub mod known;
mod opened;
mod shards;
#[cfg(test)]
mod tests;

pub use cache::{Access, Cache, Fetched, locate};
pub use error::CacheError;
pub use known::{ENTRIES, Known, Origin, Shape};
pub use opened::{OpenError, OpenedWeights, open};
