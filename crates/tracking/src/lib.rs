//! A study mirrored to tools that log: TensorBoard, MLflow, tables as CSV or Parquet.
//!
//! The files of a study stay the truth. A mirror is made of them alone and can be made again at any
//! time; mirroring twice doubles nothing. Nothing that a tool does stops or changes a study.
//!
//! [`Target`] says where to, [`Follower`] mirrors once or for as long as the study goes on.

mod beside;
mod cell;
mod error;
mod follower;
mod mirrored_run;
mod mlflow;
mod settings;
mod snapshot;
mod tables;
mod target;
mod tensorboard;

pub use beside::Beside;
pub use error::TrackError;
pub use follower::{Follower, Looked};
pub use target::Target;
