//! What a claim's file holds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::owner::Owner;
use crate::json::canonical_json;

/// Beats that an owner may miss.
const MISSED: u32 = 6;

/// What a claim's file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) owner: Owner,
    /// Seconds since 1970 by the owner's clock, for people.
    pub(super) since: u64,
    /// Milliseconds between two beats.
    pub(super) beat: u64,
    /// 32 random hexadecimal digits.
    pub(super) token: String,
}

impl Entry {
    pub(super) fn new(owner: &Owner, beat: Duration) -> std::io::Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Ok(Self {
            owner: owner.clone(),
            since: now.map_or(0, |d| d.as_secs()),
            beat: (beat.as_millis() as u64).max(1),
            token: token()?,
        })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        canonical_json(self)
    }

    /// None of what is no claim.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// How long its owner may be silent.
    pub(super) fn patience(&self) -> Duration {
        patience(Duration::from_millis(self.beat))
    }
}

/// How long an owner may be silent that beats once every `beat`.
pub(super) fn patience(beat: Duration) -> Duration {
    beat.saturating_mul(MISSED)
}

/// 32 random hexadecimal digits.
pub(super) fn token() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}
