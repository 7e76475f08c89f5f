//! From records to results: metrics of each run, arms over seeds, arms against the baseline, and
//! the verdict. Reads only what runs wrote, also while others still train.
//!
//! [`collect()`] reads the directory of a study and nothing else: no pictures, no weights files, not
//! the machine that trained. Of runs that have no result yet it says so.
//!
//! ```
//! use std::path::Path;
//!
//! use comparison::collect;
//! use record::StudyDirectory;
//! use study::{StudySpec, check, parse};
//!
//! let text = r#"
//!     title = "Does transfer help?"
//!     data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
//!     grid  = { model = ["cbr-tiny"], init = ["random", "glorot-normal"], seeds = 2 }
//! "#;
//! let spec: StudySpec = parse(text, Path::new("study.toml"))?;
//! let folder = tempfile::tempdir()?;
//! let directory = StudyDirectory::new(folder.path().join("study"));
//! directory.adopt(&check(&spec, Path::new("."))?.plan, text)?;
//!
//! // Nothing has trained yet, and that is what the results say.
//! let results = collect(&directory)?.results;
//! assert_eq!((results.progress.planned, results.progress.done), (4, 0));
//! assert_eq!(results.arms.len(), 2);
//! assert!(results.comparisons.is_empty() && results.verdict.recommended.is_none());
//! println!("{}", results.verdict.paragraph);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod allowed;
mod arm;
mod association;
mod attribution;
mod beside;
mod choices;
mod collect;
mod convergence;
mod cost;
mod cross_validation;
mod devices;
mod discrimination;
mod family;
mod finished;
mod fold_results;
#[cfg(any(test, feature = "invented"))]
pub mod invented;
mod label_efficiency;
mod looks;
mod mistakes;
mod over_seeds;
mod pairs;
mod patients;
mod performance;
mod pilot;
mod probes;
mod question;
mod reading;
mod resampling;
mod reuse;
mod saliency;
mod sentence;
mod shown;
mod source_accuracy;
mod specification;
mod test_sets;
mod transfer;
mod transferability;
mod tuning;
mod verdict;
mod wording;

pub use beside::beside;
pub use choices::{Asks, Choices, FittedTemperature, QuestionThreshold};
pub use collect::{Collected, collect};
pub use looks::{Wanted, wanted};
pub use pilot::{Pilot, PilotError};
pub use reading::readings;
