//! What the user wrote: `study.toml`, read strictly, not yet checked against data or networks.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use outside::ReadError;
use serde::{Deserialize, de};

use super::analysis::AnalysisSpec;
use super::cluster::ClusterSpec;
use super::compare::CompareSpec;
use super::data_spec::DataSpec;
use super::entry::WeightsEntry;
use super::error::{StudyError, in_plain_words, with_suggestion};
use super::grid_spec::GridSpec;
use super::probe::ProbeSpec;
use super::report::ReportSpec;
use super::reporting::Reporting;
use super::train_spec::TrainSpec;
use super::tune_spec::TuneSpec;

/// Largest configuration file that is read, in bytes.
const FILE_LIMIT: u64 = 1 << 20;

/// One question: the whole of `study.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudySpec {
    /// The question, for the report's head line.
    pub title: String,
    /// The user's pictures.
    pub data: DataSpec,
    /// What is compared: arms are every combination.
    pub grid: GridSpec,
    /// How every run is trained.
    #[serde(default)]
    pub train: TrainSpec,
    /// What of the training every arm chooses on its validation pictures; nothing without it.
    pub tune: Option<TuneSpec>,
    /// How arms are compared.
    #[serde(default)]
    pub compare: CompareSpec,
    /// Label of a model ─▶ its pretrained weights.
    #[serde(default)]
    pub weights: BTreeMap<String, WeightsEntry>,
    /// What frozen features can do; not asked without it.
    pub probe: Option<ProbeSpec>,
    /// What trained networks kept and share; not asked without it.
    pub analysis: Option<AnalysisSpec>,
    /// What only the team knows, in its words.
    #[serde(default)]
    pub reporting: Reporting,
    /// What the report shows beside numbers.
    #[serde(default)]
    pub report: ReportSpec,
    /// How the study is handed to a scheduler.
    #[serde(default)]
    pub cluster: ClusterSpec,
}

/// Reads a configuration file as text, bounded.
pub fn read_text(path: &Path) -> Result<String, StudyError> {
    let unreadable = |source| StudyError::Unreadable {
        path: path.into(),
        source,
    };
    let bytes = outside::read(path, FILE_LIMIT).map_err(|error| match error {
        ReadError::TooLarge { found, limit } => StudyError::TooLarge {
            path: path.into(),
            bytes: found,
            limit,
        },
        ReadError::Io(source) => unreadable(source),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let message = format!("not text in UTF-8: {}", error.utf8_error());
        unreadable(std::io::Error::new(ErrorKind::InvalidData, message))
    })
}

/// Parses a configuration strictly; `path` names it in errors.
pub fn parse<T: de::DeserializeOwned>(text: &str, path: &Path) -> Result<T, StudyError> {
    toml::from_str(text).map_err(|e| StudyError::Syntax {
        path: path.into(),
        message: with_suggestion(&in_plain_words(&e.to_string())),
    })
}
