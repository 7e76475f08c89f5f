//! A data set in few large files: its pictures, and all that a study needs to know of them.
//!
//! ```text
//! Noted { dataset, … } ─▶ write ─▶ folder { transfusion-pack.json, pictures.jsonl, samples-000.bin … }
//!                                     └▶ open ─▶ Noted: the same data set, of the same content hash
//! ```
//! Pictures are packed framed, as networks read them, or as the bytes of their files. The header is
//! sealed and states size and SHA-256 of every other file; the index has a line a picture, with the
//! place and the SHA-256 of its block. A block is held against that whenever it is read, so that a
//! changed byte is found and named. Nothing is mapped into memory: a file that is cut while it is in
//! use ends in an error.
//!
//! ```
//! use images::phantom::Fundus;
//! use images::{Dataset, Frame};
//! use packs::{Content, Plan, open, write};
//! use sources::Noted;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let dataset = Dataset::from(Fundus { seed: 1, patients: 4, size: 32 });
//! let folder = tempfile::tempdir()?;
//! let to = folder.path().join("fundus");
//! let noted = Noted { dataset, notes: vec![], flow: vec![], said: vec![] };
//! let plan = Plan {
//!     content: Content::Framed { frame: Frame::new(16, 3), note: &|_, _| vec![1] },
//!     numerics: 3,
//!     program: "an example",
//! };
//! let written = write(&noted, &plan, &to, &|_| {})?;
//! assert_eq!((written.pictures, written.unreadable.len()), (8, 0));
//!
//! let back = open(&to, 3)?.dataset;
//! assert_eq!(back.content_hash(), noted.dataset.content_hash());
//! let held = back.pictures.held(5).ok_or("framed before")??;
//! assert_eq!(held.image, Frame::new(16, 3).apply(&noted.dataset.image(5)?));
//! # Ok(())
//! # }
//! ```

mod block;
mod error;
mod header;
mod index;
mod line;
mod made;
mod open;
mod packed;
mod samples;
mod scratch;
mod write;

pub use error::PackError;
pub use index::{Index, MOST_PICTURES};
pub use open::{is_pack, open};
pub use scratch::SCRATCH;
pub use write::{Content, Plan, Written, write};
