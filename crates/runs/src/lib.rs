//! The jobs of a study and the runner that does them: probes, runs to train, parts of the analysis.
//!
//! A [`Runner`] takes every job of its [`Share`] that is ready, claims it, does it, and tells a
//! [`Listener`] what happens. Any number of runners, in processes on one machine or many, may work
//! on one directory at once: each job is done once, and the bytes are the same.
//!
//! ```
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//!
//! use engine::Processor;
//! use record::StudyDirectory;
//! use runs::{Runner, Share, Silence, Tally};
//! use study::{StudySpec, check, parse};
//!
//! let text = r#"
//!     title = "Does another draw help?"
//!     data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
//!     grid  = { model = ["cbr-tiny"], init = ["random", "glorot-normal"], seeds = 1 }
//!     train = { batch_size = 8, max_steps = 4, eval_every = 2 }
//! "#;
//! let spec: StudySpec = parse(text, Path::new("study.toml"))?;
//! let study = check(&spec, Path::new("."))?;
//! let folder = tempfile::tempdir()?;
//! let directory = StudyDirectory::new(folder.path().join("study"));
//! directory.adopt(&study.plan, text)?;
//!
//! let stop = AtomicBool::new(false); // set by a signal, it stops the work after the current step
//! let runner = |share| Runner {
//!     study: &study,
//!     directory: &directory,
//!     share,
//!     seeds_below: None,
//!     workers: 1,
//!     devices: &[&Processor],
//!     stop: &stop,
//!     listener: &Silence,
//!     program: "an example",
//! };
//! // The second of two shares, as another machine would take it, then whatever is left.
//! let part = runner(Share::Part { part: 1, of: 2 }).run()?;
//! assert_eq!(part, Tally { done: 1, failed: 0, pending: 0 });
//! let whole = runner(Share::All).run()?;
//! assert_eq!(whole, Tally { done: 2, failed: 0, pending: 0 });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod analysis;
mod device_need;
mod energy;
mod estimate;
mod event;
mod footprint;
mod job_failure;
pub mod memory;
pub mod probe;
mod pulses;
mod runner;
pub mod saliency;
mod tally;
pub mod training;
mod work;
mod workers;

pub use device_need::DeviceNeed;
pub use estimate::Estimate;
pub use event::{Event, Listener, Silence};
pub use footprint::{Batches, Footprint, Shared};
pub use pulses::{Beating, Pulses};
pub use runner::{Runner, Share};
pub use tally::Tally;
pub use work::Work;
pub use workers::Workers;
