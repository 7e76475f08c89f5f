//! What is going on in the directories of studies: found below folders, watched, and told as
//! snapshots and changes.
//!
//! A [`Watcher`] finds every study below some folders and looks at each from a thread of its own, a
//! few times a second, reading only what changed. Whoever asks a [`Study`] is answered from memory at
//! once, also while its file server does not answer. Nothing is ever written.
//!
//! What is told here is for people who look on. No seal is checked and no number is made: what is
//! concluded of a study is in its report.
//!
//! ```
//! use std::path::Path;
//!
//! use live::{Query, Watcher};
//! use record::StudyDirectory;
//! use study::{StudySpec, check, parse};
//!
//! let text = r#"
//!     title = "Does transfer help?"
//!     data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
//!     grid  = { model = ["cbr-tiny"], init = ["random"], seeds = 2 }
//! "#;
//! let spec: StudySpec = parse(text, Path::new("study.toml"))?;
//! let folder = tempfile::tempdir()?;
//! let directory = StudyDirectory::new(folder.path().join("studies/retina"));
//! directory.adopt(&check(&spec, Path::new("."))?.plan, text)?;
//!
//! let watcher = Watcher::start(vec![folder.path().into()], || {})?;
//! let study = loop {
//!     match watcher.studies().into_iter().find(|study| study.summary().is_read) {
//!         Some(study) => break study,
//!         None => std::thread::sleep(std::time::Duration::from_millis(10)),
//!     }
//! };
//! assert_eq!(study.name(), "studies/retina");
//! assert_eq!(study.summary().title, "Does transfer help?");
//! let page = study.jobs(&Query::default());
//! assert_eq!((page.matching, page.jobs[0].what.as_ref()), (2, "cbr-tiny, random, seed 0"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clip;
mod detail;
mod error;
mod files;
mod finder;
mod job_row;
mod job_state;
mod outline;
mod query;
mod scanner;
mod sparkline;
mod study;
mod summary;
mod tail;
mod tracked;
mod watcher;

pub use clip::{NAME_LETTERS, clip};
pub use detail::{JobDetail, Timing};
pub use error::LiveError;
pub use finder::{Found, StudyKey, find};
pub use job_row::JobRow;
pub use job_state::JobState;
pub use outline::{JobKind, JobOutline, Outline};
pub use query::{Order, Page, Query};
pub use scanner::Scanner;
pub use sparkline::Sparkline;
pub use study::{Changes, Study};
pub use summary::{Counts, StudyState, Summary};
pub use tail::{Appended, Tail};
pub use watcher::Watcher;
