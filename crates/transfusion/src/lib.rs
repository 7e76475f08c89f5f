//! Transfusion: whether a pretrained network is worth using on one's own medical images.
//!
//! ```text
//! study.toml ─▶ plan ─▶ runs ─▶ records ─▶ comparison ─▶ report, verdict, model
//! ```
//! One direction, no way back: a later stage reads only what an earlier one wrote.
//!
//! This crate is the façade: every stage is a crate of its own and is found here under its name.
//! [`pretraining`] makes a network to start from. [`telling`] shows
//! work to people and programs. After a study, [`export`] and [`classifier`] hand a
//! trained network over; [`terminal`] is the only way to a terminal.
//!
//! A whole study:
//! ```
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//!
//! use transfusion::comparison::collect;
//! use transfusion::engine::Processor;
//! use transfusion::record::StudyDirectory;
//! use transfusion::report::{Illustrations, html};
//! use transfusion::runs::{Runner, Share, Silence};
//! use transfusion::study::{StudySpec, check, parse};
//!
//! let text = r#"
//!     title   = "Does transfer help?"
//!     data    = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
//!     weights = { cbr-tiny = "builtin:cbr-tiny-phantom" }
//!     grid    = { model = ["cbr-tiny"], init = ["random", "transfer"], seeds = 2 }
//!     train   = { batch_size = 8, max_steps = 4, eval_every = 2 }
//! "#;
//! let spec: StudySpec = parse(text, Path::new("study.toml"))?;
//! let study = check(&spec, Path::new("."))?;
//! let folder = tempfile::tempdir()?;
//! let directory = StudyDirectory::new(folder.path().join("study"));
//! directory.adopt(&study.plan, text)?;
//! let runner = Runner {
//!     study: &study,
//!     directory: &directory,
//!     share: Share::All,
//!     seeds_below: None,
//!     workers: 1,
//!     devices: &[&Processor],
//!     stop: &AtomicBool::new(false),
//!     listener: &Silence,
//!     program: "an example",
//! };
//! runner.run()?;
//!
//! let collected = collect(&directory)?;
//! println!("{}", collected.results.verdict.paragraph);
//! assert_eq!(collected.results.progress.done, 4);
//! let page = html(&collected.results, &collected.timing, &Illustrations::default(), &[])?;
//! assert!(page.contains("Does transfer help?"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub use depot::{catalogue, download, weights};
pub use {
    comparison, decisions, engine, images, networks, predictions, pretraining, published, record,
    report, runs, similarity, stats, study, telling, terminal,
};

pub use takeaway::{classifier, export, external};
