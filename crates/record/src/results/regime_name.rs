//! The name of a training regime.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// The name of a training regime; `full` is reserved for training everything, which needs no words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegimeName(String);

/// The reserved name.
const FULL: &str = "full";

impl RegimeName {
    /// The name, where it is not that of full training.
    pub fn beside_full(&self) -> Option<&str> {
        (self.0 != FULL).then_some(&*self.0)
    }
}

impl Default for RegimeName {
    fn default() -> Self {
        Self(FULL.into())
    }
}

impl Deref for RegimeName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RegimeName {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for RegimeName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}
