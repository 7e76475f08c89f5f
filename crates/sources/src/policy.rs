//! What becomes of what has no plain meaning: stated by the study, never assumed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a finding of −1 ("uncertain") or a blank one becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// Unknown: left out of loss and metrics.
    Missing,
    /// Absent.
    Zeros,
    /// Present.
    Ones,
    /// The row is left out.
    Skip,
}

/// One meaning for all findings, or one a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Policy {
    /// The same for all.
    All(Meaning),
    /// By column; `others` stands for those that are not named.
    Each(BTreeMap<String, Meaning>),
}

impl Policy {
    /// What it says of a finding, if anything.
    pub(crate) fn of(&self, finding: &str) -> Option<Meaning> {
        match self {
            Self::All(meaning) => Some(*meaning),
            Self::Each(meanings) => meanings
                .get(finding)
                .or_else(|| meanings.get("others"))
                .copied(),
        }
    }

    /// Names that are neither among `findings` nor `others`.
    pub(crate) fn unknown<'p>(&'p self, findings: &[String]) -> Option<&'p str> {
        let Self::Each(meanings) = self else {
            return None;
        };
        let mut names = meanings.keys();
        names
            .find(|name| *name != "others" && !findings.contains(name))
            .map(String::as_str)
    }
}

/// What several rows of one picture become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rows {
    /// Rows that say the same are one; others are refused.
    #[default]
    Same,
    /// Present if any row says so; the highest grade.
    Any,
    /// What most rows say; an even vote on a finding leaves it unknown.
    Majority,
    /// The mean, rounded half up; for findings and grades.
    Mean,
}

/// What becomes of rows whose picture is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingFiles {
    /// The study does not start.
    #[default]
    Stop,
    /// They are left out and counted.
    Skip,
}

/// What becomes of files among class folders that may be pictures and are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtherFiles {
    /// The study does not start where classes lose different shares.
    #[default]
    Stop,
    /// They are passed over and counted.
    Skip,
}
