//! Whether the program computes and keeps on this machine what it promises, found out in about a
//! minute, without network and without data.
//!
//! | [`Check`] | what it holds against what |
//! |---|---|
//! | known numbers | an AUC, DeLong's interval, a CKA and a random draw, against numbers of other programs |
//! | convolutions | every algorithm on every instruction set, against plain sums in double precision |
//! | training steps | two small networks on every instruction set and GPU, against plain loops in double precision |
//! | threads | the same step by one thread and by several: the same bits |
//! | slopes | gradients against differences of the loss |
//! | resumption | a study that is killed and goes on, against one that is not: the same bytes |
//! | disk | what a study asks of a file system, by two processes |
//!
//! ```no_run
//! use std::sync::atomic::AtomicBool;
//!
//! use self_check::{Subject, every};
//!
//! let subject = Subject {
//!     program: std::env::current_exe()?,
//!     directory: ".".into(),
//! };
//! let never = AtomicBool::new(false);
//! every(&subject, &never, &mut |check| println!("{check}"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod convolution;
mod disk;
#[cfg(test)]
mod faulty;
mod gpu;
mod known;
mod numbers;
mod processor;
mod resumption;
mod series;
mod slopes;
mod specimen;
mod step;
mod subject;

pub use check::{Check, State};
pub use series::every;
pub use subject::{Interrupted, Subject};
