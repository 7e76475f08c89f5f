//! Memory that a device has for a run.

use std::str::FromStr;

use engine_cuda::DeviceInfo;
use thiserror::Error;

/// Memory for a run on a device, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// What may be taken now.
    pub free: u64,
    /// What could be taken, were nobody else on the device.
    pub in_all: u64,
    /// Whose it is: `NVIDIA H200 (cuda:0)`, or what the user says.
    pub of: String,
}

impl Room {
    /// What a device leaves: nine tenths of its memory, as the driver, its libraries and rounding
    /// take some.
    pub fn on(info: &DeviceInfo) -> Self {
        let share = |bytes: u64| bytes / 10 * 9;
        Self {
            free: share(info.free_bytes),
            in_all: share(info.memory_bytes),
            of: format!("{} (cuda:{})", info.name, info.index),
        }
    }
}

/// As the user gives it for a device that is elsewhere: `8GiB`, all of it for the run.
impl FromStr for Room {
    type Err = WrongSize;

    fn from_str(text: &str) -> Result<Self, WrongSize> {
        let wrong = || WrongSize { found: text.into() };
        let units = [
            ("KiB", 1_u64 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
            ("KB", 1000),
            ("MB", 1_000_000),
            ("GB", 1_000_000_000),
        ];
        let with_unit = units.iter().find_map(|(name, unit)| {
            let number = text.trim().strip_suffix(name)?;
            Some((number.trim(), *unit))
        });
        let (number, unit) = with_unit.ok_or_else(wrong)?;
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let bytes = number * unit as f64;
        if !(1.0..1e18).contains(&bytes) {
            return Err(wrong());
        }
        Ok(Self {
            free: bytes as u64,
            in_all: bytes as u64,
            of: "the device of --device-memory".into(),
        })
    }
}

/// What is no size of memory.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected a size with its unit, such as 8GiB or 512MiB, found `{found}`")]
pub struct WrongSize {
    /// What was written.
    pub found: String,
}

/// Bytes in MiB, or GiB from 10 of them on; the largest number is that of what no device can run.
pub fn size(bytes: u64) -> String {
    if bytes == u64::MAX {
        return "more than any device has".into();
    }
    let gib = bytes as f64 / f64::from(1 << 30);
    match gib >= 10.0 {
        true => format!("{gib:.1} GiB"),
        false => format!("{} MiB", bytes.div_ceil(1 << 20)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("8GiB", 8 << 30),
            ("1.5 MiB", 3 << 19),
            ("24GB", 24_000_000_000),
        ] {
            assert_eq!(
                text.parse::<Room>().map(|room| room.free),
                Ok(bytes),
                "{text}"
            );
        }
        for text in ["8", "GiB", "-1GiB", "0MiB", "NaNGiB", "8 gigabytes"] {
            assert!(text.parse::<Room>().is_err(), "{text}");
        }
        assert_eq!([size(1), size(139 << 30)], ["1 MiB", "139.0 GiB"]);
        assert_eq!(size(u64::MAX), "more than any device has");
    }
}
