//! Anyone's predictions: tables of scores by case, and what they allow one to conclude.
//!
//! ```text
//! File (rows) ─▶ Tested (arms and seeds on the same cases) ─▶ conclude ─▶ Conclusions
//! ```
//! Arms with several seeds are concluded of as ways of training, by the rules of a study
//! ([`decisions`]). One model an arm is what most people have: then two models are compared on
//! other patients like these, which says nothing of how they were trained.
//!
//! ```
//! use predictions::{Columns, File, Question, Tested, Word, conclude};
//!
//! // 200 cases, scored by two models, the second with less of a signal.
//! let rows = |signal: u64| (0..200u64).map(move |case| {
//!     let label = case % 2;
//!     format!("{case},{label},{}\n", case * 7919 % 101 + signal * label)
//! });
//! let table = |name: &str, signal| {
//!     let text = ["id,label,score\n".to_owned()].into_iter().chain(rows(signal));
//!     File::parse(name, text.collect::<String>().as_bytes(), &Columns::default(), &[])
//! };
//! let tested = Tested::join(&[table("old.csv", 20)?, table("new.csv", 80)?])?;
//! let question = Question { baseline: None, margin: 0.01, reference: 0.5 };
//! let found = conclude(&tested, &question)?;
//! assert_eq!(found.comparisons[0].outcome, Word::Higher);
//! assert!(found.notes[0].starts_with("Patients are unknown"));
//! # Ok::<(), predictions::Refused>(())
//! ```

mod columns;
mod compared;
mod conclude;
mod estimated;
mod file;
mod found;
mod notes;
mod refused;
mod sentences;
mod tested;
mod word;

pub use columns::Columns;
pub use conclude::{Question, conclude};
pub use file::{File, Only};
pub use found::{
    ArmFound, BestFound, Compared, Concerned, Conclusions, NeededFound, Number, PValues,
    PosteriorFound, Power, Settling,
};
pub use refused::Refused;
pub use tested::{Folds, Tested, TestedArm, TestedSeed};
pub use word::Word;
