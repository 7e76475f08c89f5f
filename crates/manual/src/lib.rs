//! What every key of `study.toml` means, in one table: [`explain()`] tells people, [`schema()`] tells
//! editors, and [`with_changes`] carries out what a command line sets.
//!
//! Ranges are those of [`study::BOUNDS`] and words those of the crates that read them. Tests hold
//! the table against the parser: every key, every word, every default and every example.
//!
//! ```
//! use manual::{explain, with_changes};
//!
//! let lr = explain("train.lr")?;
//! assert!(lr.to_string().contains("learning rate"));
//! let mistaken = explain("train.lrr").unwrap_err().to_string();
//! assert!(mistaken.contains("did you mean `train.lr`?"));
//!
//! let text = "title = \"Small\" # ours\n[train]\nlr = 1e-3\n";
//! let changed = with_changes(text, &["train.lr=3e-4".into(), "data.task=ordinal".into()])?;
//! assert!(changed.contains("# ours") && changed.contains("lr = 3e-4"));
//! assert!(changed.contains("task = \"ordinal\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod changes;
mod explain;
mod find;
mod key;
mod schema;
mod tables;
mod words;

pub use changes::{ChangeError, with_changes};
pub use explain::{Explanation, UnknownKey, explain};
pub use key::{Key, Place, Shape, Without, tables};
pub use schema::{File, schema};
pub use tables::STUDY;
pub use words::Words;
