//! Where a study is mirrored to.

use std::path::{Path, PathBuf};

use crate::error::TrackError;
use crate::mlflow::{Credentials, MlFlow, check_url};
use crate::snapshot::Snapshot;
use crate::tables::{Format, Tables};
use crate::tensorboard::TensorBoard;

/// Where a study is mirrored to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Event files of TensorBoard below a folder.
    TensorBoard(PathBuf),
    /// A server of MLflow at an address, and the name of the experiment; that of the study where
    /// there is none.
    MlFlow(String, Option<String>),
    /// Tables as CSV in a folder.
    Csv(PathBuf),
    /// Tables as Parquet in a folder.
    Parquet(PathBuf),
}

impl Target {
    /// MLflow's server at `url`. Refuses what is no address, and one with a password in it.
    pub fn mlflow(url: &str, experiment: Option<String>) -> Result<Self, TrackError> {
        Ok(Self::MlFlow(check_url(url)?, experiment))
    }

    /// Reads `tensorboard=DIR`, `mlflow=URL`, `csv=DIR` or `parquet=DIR`.
    pub fn parse(text: &str) -> Result<Self, TrackError> {
        match text.split_once('=') {
            Some((_, "")) => {}
            Some(("tensorboard", folder)) => return Ok(Self::TensorBoard(folder.into())),
            Some(("mlflow", url)) => return Self::mlflow(url, None),
            Some(("csv", folder)) => return Ok(Self::Csv(folder.into())),
            Some(("parquet", folder)) => return Ok(Self::Parquet(folder.into())),
            _ => {}
        }
        Err(TrackError::Target(format!(
            "expected tensorboard=DIR, mlflow=URL, csv=DIR or parquet=DIR, found `{text}`"
        )))
    }

    /// The folder that is written to; none where a server is told.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::TensorBoard(folder) | Self::Csv(folder) | Self::Parquet(folder) => Some(folder),
            Self::MlFlow(..) => None,
        }
    }

    pub(crate) fn mirror(&self) -> Mirror {
        match self {
            Self::TensorBoard(folder) => Mirror::TensorBoard(TensorBoard::new(folder)),
            Self::MlFlow(url, experiment) => {
                let who = Credentials::of_environment();
                Mirror::MlFlow(Box::new(MlFlow::new(url, experiment.clone(), who)))
            }
            Self::Csv(folder) => Mirror::Tables(Tables::new(folder, Format::Csv)),
            Self::Parquet(folder) => Mirror::Tables(Tables::new(folder, Format::Parquet)),
        }
    }
}

/// As messages name it: the tool and where it is.
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::TensorBoard(folder) => write!(f, "TensorBoard, {}", folder.display()),
            Self::MlFlow(url, _) => write!(f, "MLflow, {url}"),
            Self::Csv(folder) => write!(f, "CSV, {}", folder.display()),
            Self::Parquet(folder) => write!(f, "Parquet, {}", folder.display()),
        }
    }
}

/// What mirrors.
pub(crate) enum Mirror {
    TensorBoard(TensorBoard),
    MlFlow(Box<MlFlow>),
    Tables(Tables),
}

impl Mirror {
    pub(crate) fn update(&mut self, snapshot: &Snapshot) -> Result<(), TrackError> {
        match self {
            Self::TensorBoard(mirror) => mirror.update(snapshot),
            Self::MlFlow(mirror) => mirror.update(snapshot),
            Self::Tables(mirror) => mirror.update(snapshot),
        }
    }
}
