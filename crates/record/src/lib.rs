//! What a study leaves behind: names and schemas of all its files, written whole or not at all,
//! `result.json` last.
//!
//! A [`StudyDirectory`] adopts a plan: a study begins there, goes on, or grows. The plan is a list
//! of [`Job`]s, each with the file whose presence means that it is done; [`results`] is the schema
//! of `results.json`, and [`names`] has every name of a file once.
//!
//! ```
//! use std::path::Path;
//!
//! use record::{AdoptionKind, Job, JobState, StudyDirectory};
//! use study::{OpenStudy, StudySpec, check, parse};
//!
//! let text = r#"
//!     title = "Does transfer help?"
//!     data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
//!     grid  = { model = ["cbr-tiny"], init = ["random", "glorot-normal"], seeds = 2 }
//! "#;
//! let spec: StudySpec = parse(text, Path::new("study.toml"))?;
//! let OpenStudy { plan, .. } = check(&spec, Path::new("."))?;
//!
//! let folder = tempfile::tempdir()?;
//! let directory = StudyDirectory::new(folder.path().join("study"));
//! let adoption = directory.adopt(&plan, text)?;
//! assert_eq!(adoption.kind, AdoptionKind::Began);
//! assert_eq!((adoption.reused, adoption.open), (0, 4));
//!
//! for (number, job) in Job::all(&plan).iter().enumerate() {
//!     println!("{number} {} {}", job.id(), job.describe(&plan));
//!     assert_eq!(job.state(&plan, &directory)?, JobState::Ready);
//! }
//!
//! // Another size of the pictures is another study: arms of the two cannot be compared.
//! let other = text.replace("size = 16", "size = 24");
//! let spec: StudySpec = parse(&other, Path::new("study.toml"))?;
//! let refused = directory.adopt(&check(&spec, Path::new("."))?.plan, &other);
//! let why = refused.err().ok_or("adopted")?.to_string();
//! assert!(why.contains("`data.size` (16 there, 24 here)"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adoption;
mod analysis;
mod begun;
mod checklist;
mod checkpoint;
mod checkpoint_writer;
mod declaration;
mod devices;
mod difference;
mod directory;
mod error;
mod evaluation;
mod finished_run;
mod gallery;
mod gallery_folder;
mod job;
mod listing;
mod lost;
pub mod metrics;
pub mod names;
mod precision;
mod prediction_table;
mod predictions;
mod probe;
mod pulse;
mod restoration;
mod result;
pub mod results;
mod superseded;
mod tuning;
mod verification;

pub use adoption::{Adoption, AdoptionKind};
pub use analysis::{
    BlockAnalysis, FilterAnalysis, MapAnalysis, PairAnalysis, PairBlock, PairChannels, RunAnalysis,
};
pub use begun::Begun;
pub use checklist::{Checklist, ChecklistAnswer, ChecklistItem, Checklists};
pub use checkpoint::{Best, BestWeights, Checkpoint, CheckpointState, Checkpoints};
pub use checkpoint_writer::CheckpointWriter;
pub use declaration::Declaration;
pub use devices::{Devices, device_kind};
pub use directory::{JobDirectory, StudyDirectory};
pub use error::RecordError;
pub use evaluation::Evaluation;
pub use finished_run::FinishedRun;
pub use gallery::{Gallery, GalleryMap, GalleryWish};
pub use job::{Job, JobKind, JobState};
pub use listing::Listing;
pub use precision::{MeasuredPrecision, Precisions};
pub use prediction_table::PredictionTable;
pub use predictions::Predictions;
pub use probe::{ProbeFit, ProbeRecord, ProbeScore};
pub use pulse::{PULSE_LINES, Pulse, PulseLine};
pub use result::{Ending, FrozenResult, InferenceTiming, RunError, RunResult, RunTiming};
pub use superseded::Superseded;
pub use tuning::{Trial, TrialOutcome, Tried, Tuning};
pub use verification::{Finding, Verification};
