//! Pretrained weights that others published: which are known, and the folder they are kept in.

pub mod builtin;
pub mod cache;
mod content;
mod entries;
mod error;
mod folder;
pub mod known;
mod opened;
mod shards;
#[cfg(test)]
mod tests;

pub use cache::{Access, Cache, Fetched, locate};
pub use entries::ENTRIES;
pub use error::CacheError;
pub use folder::VARIABLE;
pub use known::{Known, Origin, Shape};
pub use opened::{OpenError, OpenedWeights, open, open_part};
