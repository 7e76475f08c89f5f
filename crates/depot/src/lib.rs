//! Public data sets and pretrained weights by name: where they are published, how they are checked,
//! where they are kept.
//!
//! Nothing is downloaded unless it is asked for. What is downloaded is pinned by the checksum that
//! its publisher states, and is at its place whole and checked, or not at all.
//!
//! - [`catalogue`]: public data sets, and the folders that they are looked for in.
//! - [`download`]: one file from a server to its place, going on where the last try stopped.
//! - [`weights`]: pretrained weights; those that come with the program, those that are known, and
//!   the cache that they are kept in.
//!
//! ```
//! use std::path::Path;
//!
//! use depot::weights::{Access, Cache, CacheError, Known, builtin, open};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // What is known of a file before it is here.
//! let known = Known::find("resnet50-v1").ok_or("a known name")?;
//! assert_eq!((known.classes, known.size), (1000, 224));
//!
//! // Offline, what is missing is named; no connection is opened.
//! let folder = tempfile::tempdir()?;
//! let missing = Cache::at(folder.path()).fetch(known, Access::Offline, &mut ());
//! assert!(matches!(missing, Err(CacheError::Offline { state: "missing", .. })));
//!
//! // The program brings a small network's weights along.
//! let name = builtin::names()[0];
//! let opened = open(Path::new(&format!("builtin:{name}")), Path::new("."))?;
//! assert_eq!(opened.card.ok_or("it says what it is")?.channels_in, 3);
//! # Ok(())
//! # }
//! ```

pub mod catalogue;
pub mod download;
pub mod weights;
