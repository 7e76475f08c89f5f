//! How a job stands, for who looks on.

use serde::Serialize;

/// How a job stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Somebody works on it.
    Running,
    /// It failed and would fail again.
    Failed,
    /// It has begun, and nobody works on it.
    Begun,
    /// Nothing is there of it. It may wait for other jobs.
    ToDo,
    /// Its result is there.
    Done,
    /// Nobody has looked yet.
    #[default]
    Unread,
}

impl JobState {
    /// Every state, in the order in which a reader wants them.
    pub const ALL: [Self; 6] = [
        Self::Running,
        Self::Failed,
        Self::Begun,
        Self::ToDo,
        Self::Done,
        Self::Unread,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Begun => "begun",
            Self::ToDo => "to do",
            Self::Done => "done",
            Self::Unread => "not read yet",
        }
    }

    /// Whether it ended, one way or the other.
    pub fn is_recorded(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}
