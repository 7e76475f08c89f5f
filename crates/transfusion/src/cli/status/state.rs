//! How jobs stand.

use serde::Serialize;

/// How a job stands, for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Done,
    Running,
    /// It has begun, and nobody works on it.
    Begun,
    Failed,
    /// It can be done.
    Planned,
    /// Runs or trials that it needs have not ended.
    Waiting,
    /// All is decided without it, or more seeds are not expected to decide it.
    Unneeded,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Running => "running",
            Self::Begun => "begun",
            Self::Failed => "failed",
            Self::Planned => "planned",
            Self::Waiting => "waiting",
            Self::Unneeded => "unneeded",
        }
    }
}
