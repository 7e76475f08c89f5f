//! Pretrained weights that others published: which are known, and the folder they are kept in.

pub mod cache;
mod content;
mod entries;
mod error;
pub mod known;
mod shards;
#[cfg(test)]
mod tests;

pub use cache::{Access, Cache, Fetched};
pub use error::CacheError;
pub use known::{ENTRIES, Known, Origin};
