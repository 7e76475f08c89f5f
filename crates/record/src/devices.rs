//! What a run was trained on, in the order of its interruptions.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Between a device and the next one.
const THEN: &str = ", then ";

/// What a run was trained on, as devices describe themselves, from the first step on; one that
/// follows itself is there once. In files it is one text: `cuda: NVIDIA H200, sm_90, then cpu, avx512`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Devices(Vec<String>);

impl Devices {
    /// It goes on there.
    pub fn go_on(&mut self, device: &str) {
        if self.0.last().is_none_or(|last| last != device) {
            self.0.push(device.into());
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The last one, which made the predictions of a finished run.
    pub fn last(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// The kinds of devices in words, each once: `cpu`, `cpu and cuda: NVIDIA H200`.
    pub fn kinds(&self) -> String {
        let kinds: BTreeSet<&str> = self.0.iter().map(|device| device_kind(device)).collect();
        kinds.into_iter().collect::<Vec<_>>().join(" and ")
    }
}

/// The kind of a device: what stands before the first comma of its description.
pub fn device_kind(device: &str) -> &str {
    device.split(',').next().unwrap_or(device)
}

impl From<String> for Devices {
    fn from(text: String) -> Self {
        match text.as_str() {
            "" => Self::default(),
            text => Self(text.split(THEN).map(str::to_owned).collect()),
        }
    }
}

impl From<Devices> for String {
    fn from(devices: Devices) -> Self {
        devices.to_string()
    }
}

impl fmt::Display for Devices {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0.join(THEN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_moved_says_both() {
        let mut devices = Devices::default();
        let gpu = "cuda: NVIDIA H200, sm_90, driver 13.0";
        for device in [gpu, gpu, "cpu, avx512"] {
            devices.go_on(device);
        }
        let text = devices.to_string();
        assert_eq!(text, format!("{gpu}, then cpu, avx512"));
        assert_eq!(Devices::from(text), devices);
        assert_eq!(devices.last(), Some("cpu, avx512"));
        assert_eq!(devices.kinds(), "cpu and cuda: NVIDIA H200");
        assert_eq!(Devices::from(String::new()).kinds(), "");
    }
}
