//! What is wrong with a set of labelled pictures: the same picture on both sides of a split,
//! labels that contradict, patients in two parts, labels that a file's size gives away.
//!
//! ```text
//! bytes, decoded picture ─▶ Traits ─┐
//! labels, patients, parts, attributes ─┴▶ Subject ─▶ Audit ─▶ findings, text
//! ```
//! Pictures are decoded once, by whoever has them; what is kept of each are some 700 bytes of
//! [`Traits`]. Nothing compares all pictures with all, so a million can be audited.
//! Every [`Finding`] says what was found, what it does to a result, and what to write.
//!
//! ```
//! use audit::{Audit, Picture, Severity, Subject, Traits};
//! use images::{Image, Label, Task};
//!
//! let picture = |id: &str, part, shade: u8| {
//!     let pixels = (0..64).map(|at| if at % 3 == 0 { shade } else { at as u8 }).collect();
//!     let image = Image::from_u8(8, 8, 1, pixels);
//!     let traits = Some(Traits::of(&[shade], &image));
//!     let (id, label) = (id.to_owned(), Label::Class(0));
//!     Picture { id, label, patient: None, part, attributes: vec![], traits }
//! };
//! let subject = Subject {
//!     classes: vec!["healthy".into(), "ill".into()],
//!     task: Task::Multiclass,
//!     parts: vec!["training".into(), "test".into()],
//!     attributes: vec![],
//!     pictures: vec![picture("a.png", 0, 200), picture("b.png", 1, 200), picture("c.png", 1, 9)],
//! };
//! let audit = Audit::of(&subject)?;
//! let leak = audit.leaks().next().unwrap();
//! assert_eq!((leak.severity, leak.pictures), (Severity::Leak, 2));
//! assert_eq!(leak.exclude, ["a.png"]);
//! # Ok::<(), audit::SubjectError>(())
//! ```

mod audit;
mod composition;
mod copies;
mod finding;
mod patients;
mod plural;
mod sheet;
mod shortcuts;
mod subject;
mod text;
mod traits;

pub use audit::Audit;
pub use copies::{Forest, Standard, one_picture};
pub use finding::{
    EXAMPLES, EXCLUSIONS, Example, Finding, Kind, Likeness, MEMBERS, Member, Relation, Severity,
};
pub use patients::patient_pattern;
pub use sheet::sheet;
pub use shortcuts::{LEAST_AUC, LEAST_CASES, ODDS};
pub use subject::{Picture, Subject, SubjectError};
pub use traits::{Digest, Look, Signature, Traits, jpeg_quality};
