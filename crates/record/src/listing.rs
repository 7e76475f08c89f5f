//! What was there when the page was last written, or beside the examples.

use serde::{Deserialize, Serialize};

/// `manifest.json`: the files beside it, and in a study's directory its jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Names of the jobs that were done, in the order of the study.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<String>,
}
