//! Files that are whole or absent, and claims on work that hold over a network file system.
//!
//! Plain files are the store of a program that runs for days on machines that stop without asking.
//! This crate has what that takes:
//!
//! - [`write()`] and [`write_new`]: a file is there with all its bytes, or as it was before.
//! - [`read_json`], [`write_json`], [`canonical_json`]: equal values give equal bytes, so that bytes
//!   and their hashes can stand for values.
//! - [`JsonLog`]: a log whose torn last line does no harm.
//! - [`FileName`] and [`JsonFile`]: each name of a file once, with the type of what it holds.
//! - [`SealedFile`], [`Sealed`], [`Manifest`]: a record that tells whether it, or a file that belongs to
//!   it, was changed since it was written.
//! - [`Digest`], [`Checksum`]: bytes that are those which were published.
//! - [`Lock`]: one process of a machine at a time.
//! - [`claims`]: who works on what, among processes on one machine or many.
//! - [`store`]: whether a folder keeps what all of these ask of a file system.
//!
//! ```
//! use durable::claims::{Attempt, Claims, Owner};
//! use durable::{JsonFile, JsonLog};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Answer {
//!     sum: u64,
//! }
//!
//! const ANSWER: JsonFile<Answer> = JsonFile::new("answer.json");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let claims = Claims::new(folder.path(), Owner::this_process());
//! // Any number of processes may do this at once: one of them does the work.
//! if let Attempt::Held(claim) = claims.take("sum")? {
//!     // Only now: somebody may have finished just before the claim was free.
//!     if ANSWER.read(folder.path())?.is_none() {
//!         let log = JsonLog::new(folder.path().join("log.jsonl"));
//!         let mut sum = 0;
//!         for step in 1..=4 {
//!             sum += step;
//!             log.append(&(step, sum))?;
//!         }
//!         claim.still_held()?;
//!         ANSWER.write(folder.path(), &Answer { sum })?;
//!     }
//! }
//! assert_eq!(ANSWER.read(folder.path())?, Some(Answer { sum: 10 }));
//! # Ok(())
//! # }
//! ```

pub mod claims;
mod digest;
mod error;
mod file;
mod file_name;
mod json;
mod json_log;
mod lock;
mod manifest;
mod seal;
mod sealed_file;
pub mod store;

pub use digest::{BLOCK, Checksum, Digest, Mismatch, is_intact, sha256_hex};
pub use error::{FileError, is_passing};
pub use file::{
    ABANDONED, TEMPORARY, remove_old_temporaries, remove_temporaries, sync_folder, temporary,
    write, write_new, write_passing,
};
pub use file_name::{FileName, JsonFile};
pub use json::{canonical_json, read_json, write_json};
pub use json_log::JsonLog;
pub use lock::Lock;
pub use manifest::{FileDigest, Manifest};
pub use seal::{Sealed, read_sealed, sealed_json, write_sealed};
pub use sealed_file::SealedFile;
