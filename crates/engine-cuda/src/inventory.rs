//! What of CUDA is on this machine.

use std::path::PathBuf;

use serde::Serialize;

use crate::driver::{self, Context};
use crate::error::CudaError;
use crate::libraries::{DRIVER, Libraries, NVRTC, Presence};

/// The least version of CUDA that a driver must speak, as it tells it.
pub(crate) const LEAST_DRIVER: usize = 12_000;

/// What of CUDA is on this machine.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Inventory {
    /// NVIDIA's driver.
    pub driver: Option<Found>,
    /// The compiler of kernels.
    pub nvrtc: Option<Found>,
    /// In the driver's order.
    pub devices: Vec<DeviceInfo>,
    /// What computing on a device still takes.
    pub missing: Vec<Missing>,
}

/// A library that is there.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The version of CUDA that it speaks.
    pub version: String,
    /// Its file; none where the system found it by name.
    pub path: Option<PathBuf>,
}

/// A device.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceInfo {
    /// From 0.
    pub index: usize,
    /// What its maker calls it.
    pub name: String,
    /// Compute capability: major, minor.
    pub capability: [u32; 2],
    /// All of its memory.
    pub memory_bytes: u64,
    /// What of it is free now.
    pub free_bytes: u64,
    /// Its multiprocessors.
    pub multiprocessors: u32,
    /// Which of all devices it is, in hexadecimal.
    pub uuid: String,
}

/// What is missing, in sentences.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// What.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Inventory {
    /// Looks; nothing is computed, and nothing is an error.
    pub fn look() -> Self {
        let libraries = Libraries::find();
        let mut found = Self::default();
        for (presence, (what, remedy)) in [(&libraries.driver, DRIVER), (&libraries.nvrtc, NVRTC)] {
            if !presence.is_there() {
                found.miss(what, remedy);
            }
        }
        if libraries.nvrtc.is_there()
            && let Some([major, minor]) = driver::compiler_version()
        {
            found.nvrtc = Some(Found {
                version: format!("{major}.{minor}"),
                path: path(&libraries.nvrtc),
            });
        }
        if libraries.driver.is_there()
            && let Err(error) = found.ask_driver(&libraries.driver)
        {
            found.miss("a device that works", &error.to_string());
        }
        found
    }

    fn ask_driver(&mut self, presence: &Presence) -> Result<(), CudaError> {
        let version = driver::driver_version()?;
        self.driver = Some(Found {
            version: version_text(version),
            path: path(presence),
        });
        check_driver(version)?;
        driver::initialise()?;
        let count = driver::count()?;
        if count == 0 {
            self.miss(
                "a device",
                "the driver shows none: look at nvidia-smi, and at CUDA_VISIBLE_DEVICES",
            );
        }
        for index in 0..count {
            let context = Context::open(index)?;
            let [free, total] = context.memory()?;
            self.devices.push(DeviceInfo {
                index,
                name: context.name()?,
                capability: context.capability()?,
                memory_bytes: total as u64,
                free_bytes: free as u64,
                multiprocessors: context.multiprocessors()?,
                uuid: context.uuid()?,
            });
        }
        Ok(())
    }

    fn miss(&mut self, what: &str, remedy: &str) {
        self.missing.push(Missing {
            what: what.into(),
            remedy: remedy.into(),
        });
    }
}

fn path(presence: &Presence) -> Option<PathBuf> {
    match presence {
        Presence::At(path) => Some(path.clone()),
        Presence::System | Presence::Absent => None,
    }
}

/// As people write it.
pub(crate) fn version_text(version: usize) -> String {
    format!("{}.{}", version / 1000, version % 1000 / 10)
}

/// An error where the driver is too old.
pub(crate) fn check_driver(version: usize) -> Result<(), CudaError> {
    match version < LEAST_DRIVER {
        true => Err(CudaError::DriverTooOld {
            found: version_text(version),
            needed: version_text(LEAST_DRIVER),
        }),
        false => Ok(()),
    }
}
