//! What was tried, and how it went.

use std::fmt;

use serde::Serialize;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As promised.
    Ok,
    /// Not as promised.
    Failed,
    /// Nothing to try on this machine.
    Skipped,
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What was tried, in a few words.
    pub what: String,
    /// How it went.
    pub state: State,
    /// What was seen, in words.
    pub seen: String,
    /// What to do; none where nothing is wrong.
    pub remedy: Option<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl Check {
    pub(crate) fn ok(what: impl Into<String>, seen: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            state: State::Ok,
            seen: seen.into(),
            remedy: None,
            seconds: 0.0,
        }
    }

    pub(crate) fn skipped(what: impl Into<String>, seen: impl Into<String>) -> Self {
        Self {
            state: State::Skipped,
            ..Self::ok(what, seen)
        }
    }

    pub(crate) fn failed(
        what: impl Into<String>,
        seen: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            state: State::Failed,
            remedy: Some(remedy.into()),
            ..Self::ok(what, seen)
        }
    }

    /// Failed unless `is_so`.
    pub(crate) fn unless(self, is_so: bool, remedy: &str) -> Self {
        match is_so {
            true => self,
            false => Self::failed(self.what, self.seen, remedy),
        }
    }
}

/// One line.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { what, seen, .. } = self;
        let state = match self.state {
            State::Ok => "ok",
            State::Failed => "failed",
            State::Skipped => "skipped",
        };
        write!(f, "{state:<8} {what}: {seen}")?;
        match &self.remedy {
            Some(remedy) => write!(f, "; what to do: {remedy}"),
            None => Ok(()),
        }
    }
}
