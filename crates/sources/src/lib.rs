//! Labels and pictures as people have them: class folders and tables, read or refused.
//!
//! ```text
//! folder ─▶ listing ─▶ layout (written, or believed) ─┐
//! table  ─▶ sheet (dialect) ─▶ joins ─▶ rows ─▶ labels ├─▶ Noted { dataset, notes }
//!                                └ finder (pictures) ──┘
//! ```
//! Nothing is guessed in silence: what could be read in two ways is a [`Refusal`] that names the
//! key to write, and everything believed, converted, merged or left out is a note. Everything
//! from outside is bounded, and patterns match in time linear in the text.
//!
//! ```
//! use sources::folder::believe;
//!
//! // Patients above classes: no reading without a word from the user.
//! let paths = ["P1/scans/sick/a.png", "P1/scans/well/b.png", "P2/scans/sick/c.png", "P2/scans/well/d.png"];
//! let refusal = believe("photos", &paths).unwrap_err();
//! assert!(refusal.write.contains("layout = \"{patient}/*/{class}\""));
//!
//! let paths = ["train/sick/a.png", "train/well/b.png", "test/sick/c.png", "test/well/d.png"];
//! assert_eq!(believe("photos", &paths)?.layout.written(), "{split}/{class}");
//! # Ok::<(), sources::Refusal>(())
//! ```

mod ending;
mod flow;
pub mod folder;
mod junk;
pub mod listing;
pub mod look;
mod name;
mod noted;
mod origin;
mod pattern;
mod picture_files;
mod policy;
mod refusal;
mod split_by;
pub mod table;
mod tagged;
mod text;

pub use flow::{LeftOut, SourceFlow};
pub use noted::Noted;
pub use origin::Origin;
pub use pattern::Pattern;
pub use policy::{Meaning, MissingFiles, OtherFiles, Policy, Rows};
pub use refusal::Refusal;
pub use split_by::{SplitBy, SplitLists};
