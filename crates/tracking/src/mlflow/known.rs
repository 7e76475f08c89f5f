//! `tracking/mlflow.json`: which run of a server mirrors which of ours.

use std::collections::BTreeMap;
use std::path::Path;

use durable::{FileError, JsonFile};
use serde::{Deserialize, Serialize};

const KNOWN: JsonFile<Known> = JsonFile::new("mlflow.json");

/// Which run of a server mirrors which of ours. Where it is lost, the tags of the server tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    /// By address of the server and name of the experiment.
    #[serde(default)]
    mirrors: Vec<KnownMirror>,
}

/// The runs of one experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KnownMirror {
    url: String,
    experiment: String,
    /// By the identity of ours.
    runs: BTreeMap<String, String>,
}

impl Known {
    /// What `folder` holds; nothing where that cannot be read.
    pub(super) fn read(folder: &Path) -> Self {
        KNOWN.read(folder).ok().flatten().unwrap_or_default()
    }

    /// The runs of an experiment.
    pub(super) fn runs(&mut self, url: &str, experiment: &str) -> &mut BTreeMap<String, String> {
        let is_it = |m: &KnownMirror| m.url == url && m.experiment == experiment;
        let place = self.mirrors.iter().position(is_it).unwrap_or_else(|| {
            self.mirrors.push(KnownMirror {
                url: url.into(),
                experiment: experiment.into(),
                runs: BTreeMap::new(),
            });
            self.mirrors.len() - 1
        });
        &mut self.mirrors[place].runs
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), FileError> {
        KNOWN.write(folder, self)
    }
}
