//! From finished studies to verdicts on the ten claims of Raghu et al. 2019.
//!
//! ```text
//! claims.toml ─▶ Casting ─┐
//! records ─▶ FinishedStudy ┴▶ parts of c1 … c10 ─▶ corrected as one family ─▶ Judgement
//! ```
//!
//! Every effect is computed from the records of runs: predictions, learning curves and the parts of
//! the analysis. docs/reproduce.md says how each claim is judged.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::path::Path;
//!
//! use claims::{Casting, Claim, Outcome, judge};
//!
//! let table = "[[c1]]\nstudy = \"mine\"";
//! let casting = Casting::parse(table, Path::new("claims.toml"))?;
//! let judged = judge(&[Claim::C1], &casting, &BTreeMap::new(), "0.1.0", false);
//! assert_eq!(judged.findings[0].outcome, Outcome::NotRun);
//! # Ok::<(), claims::ClaimsError>(())
//! ```

mod c1;
mod c10;
mod c2;
mod c3;
mod c4;
mod c5;
mod c6;
mod c7;
mod c8;
mod c9;
mod casting;
mod claim;
mod collection;
mod effect;
mod error;
mod finding;
mod finished_study;
mod judge;
mod kept;
mod output;
mod page;
mod part;
mod picture;
#[cfg(test)]
mod planted;
mod rule;
mod settling;
mod speeds;
mod templates;

pub use casting::{Cast, Casting, OneOrMore};
pub use claim::Claim;
pub use collection::read_studies;
pub use effect::{Effect, Scale, Student};
pub use error::ClaimsError;
pub use finding::{CLAIMS, FORMAT, Finding, Judgement, StudyRead};
pub use finished_study::FinishedStudy;
pub use judge::judge;
pub use output::write_judgement;
pub use page::{PAGE, page};
pub use part::Part;
pub use picture::picture;
pub use rule::{Outcome, Rule};
pub use templates::{OwnStudy, Template, Templates};
