//! Why a run is not exported.

use std::path::PathBuf;

use durable::FileError;
use images::ImageError;
use networks::onnx::OnnxError;
use networks::{NetworkError, WeightsError};
use record::RecordError;
use regimes::addition::AdditionError;
use thiserror::Error;

use super::onnx_check::CheckError;

/// Why a run is not exported. Nothing was written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// It has not ended well, or not yet.
    #[error("run {} is not finished (no result.json); `transfusion run` goes on with it", run.display())]
    Unfinished {
        /// Its directory.
        run: PathBuf,
    },
    /// A plan that contradicts itself.
    #[error(
        "the run belongs to no {0} of its plan; `transfusion verify` says whether the study was changed"
    )]
    Planless(&'static str),
    /// A study, of which one run has to be named.
    #[error("{advice}")]
    IsStudy {
        /// Which.
        advice: String,
    },
    /// Something else than the directory of a run.
    #[error("expected the directory of a run, such as <study>/runs/cbr-tiny-s0-1a2b3c4d5e6f, found {}", path.display())]
    NoRun {
        /// What was named.
        path: PathBuf,
        /// Why no study is around it.
        source: RecordError,
    },
    /// A run that the study does not plan.
    #[error("{} is no run of the study {}", path.display(), study.display())]
    Foreign {
        /// What was named.
        path: PathBuf,
        /// The study around it.
        study: PathBuf,
    },
    /// There is something at the place of the model.
    #[error("{} already holds something and is left as it is; name a new directory", path.display())]
    Occupied {
        /// The place.
        path: PathBuf,
    },
    /// The ONNX file is another function than the run's network.
    #[error(
        "the ONNX file gives probabilities that differ by {difference:.1e} in an independent runtime; nothing was written"
    )]
    Differs {
        /// Largest difference of a probability.
        difference: f64,
    },
    /// The same, of the number of outputs.
    #[error("the ONNX file gives {found} outputs, expected {expected}; nothing was written")]
    Outputs {
        /// Of the network.
        expected: usize,
        /// Of the file.
        found: usize,
    },
    /// A file or folder cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The study's records cannot be read.
    #[error("{0}")]
    Record(#[from] RecordError),
    /// A file cannot be read or written.
    #[error("{0}")]
    File(#[from] FileError),
    /// The network cannot be built.
    #[error("{0}")]
    Network(#[from] NetworkError),
    /// The network cannot have what was added to it in training.
    #[error("{0}")]
    Addition(#[from] AdditionError),
    /// Its weights do not fit it.
    #[error("{0}")]
    Weights(#[from] WeightsError),
    /// It has no ONNX file.
    #[error("{0}")]
    Onnx(#[from] OnnxError),
    /// The ONNX file cannot be run.
    #[error("{0}")]
    Check(#[from] CheckError),
    /// The picture for checks cannot be drawn.
    #[error("{0}")]
    Picture(#[from] ImageError),
    /// What belongs into a file cannot be written as text.
    #[error("{0}")]
    Text(#[from] serde_json::Error),
    /// The model card cannot be filled in.
    #[error("the model card: {0}")]
    Card(#[from] askama::Error),
}
