//! What a machine has to compute with.

use std::fmt;

use engine_cuda::{DeviceInfo, Found, Inventory};
use kernels::Isa;
use serde::Serialize;

use crate::room::size;
use crate::wrapped::Lines;

/// What a machine has to compute with.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// What this program runs on.
    pub processor: ProcessorInfo,
    /// NVIDIA GPUs and what they need.
    pub cuda: Inventory,
}

/// The processor.
#[derive(Clone, Debug, Serialize)]
pub struct ProcessorInfo {
    /// The instruction set of the kernels.
    pub instructions: String,
    /// Threads that it runs at once.
    pub cores: usize,
    /// In all; none where the system does not tell.
    pub memory_bytes: Option<u64>,
    /// What may be taken now; none where the system does not tell.
    pub free_bytes: Option<u64>,
}

impl Machine {
    /// Looks.
    pub fn look() -> Self {
        Self {
            processor: ProcessorInfo {
                instructions: Isa::detect().to_string(),
                cores: std::thread::available_parallelism().map_or(1, usize::from),
                memory_bytes: told("MemTotal:"),
                free_bytes: told("MemAvailable:"),
            },
            cuda: Inventory::look(),
        }
    }
}

/// A line of Linux's account of memory, in bytes.
fn told(key: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// A table of at most 80 columns.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut lines = Lines::default();
        lines.add("cpu", &self.processor.words());
        for device in &self.cuda.devices {
            lines.add(&format!("cuda:{}", device.index), &words(device));
        }
        if self.cuda.devices.is_empty() {
            lines.add("cuda", "no device was found");
        }
        for (name, found) in [("driver", &self.cuda.driver), ("NVRTC", &self.cuda.nvrtc)] {
            lines.add(name, &library(found.as_ref()));
        }
        for missing in &self.cuda.missing {
            lines.add("missing", &format!("{}: {}", missing.what, missing.remedy));
        }
        f.write_str(lines.text())
    }
}

impl ProcessorInfo {
    fn words(&self) -> String {
        let cores = match self.cores {
            1 => "1 core".into(),
            cores => format!("{cores} cores"),
        };
        let memory = match (self.free_bytes, self.memory_bytes) {
            (Some(free), Some(all)) => format!(", {} free of {}", size(free), size(all)),
            _ => String::new(),
        };
        format!("{}, {cores}{memory}", self.instructions)
    }
}

fn words(device: &DeviceInfo) -> String {
    let [major, minor] = device.capability;
    format!(
        "{}, compute capability {major}.{minor}, {} multiprocessors, {} free of {}, {}",
        device.name,
        device.multiprocessors,
        size(device.free_bytes),
        size(device.memory_bytes),
        device.uuid
    )
}

fn library(found: Option<&Found>) -> String {
    match found {
        None => "not found".into(),
        Some(Found {
            version,
            path: None,
        }) => version.clone(),
        Some(Found {
            version,
            path: Some(path),
        }) => format!("{version}, {}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use engine_cuda::Missing;

    use super::*;

    #[test]
    fn a_machine_fits_a_terminal() {
        let device = DeviceInfo {
            index: 0,
            name: "NVIDIA H200".into(),
            capability: [9, 0],
            memory_bytes: 139 << 30,
            free_bytes: 7 << 30,
            multiprocessors: 132,
            uuid: "GPU-5f0c1e77-a2d9-9b2e-64d0-c1f35c0e8a91".into(),
        };
        let machine = Machine {
            processor: ProcessorInfo {
                instructions: "avx512".into(),
                cores: 16,
                memory_bytes: Some(128 << 30),
                free_bytes: Some(64 << 30),
            },
            cuda: Inventory {
                driver: Some(Found {
                    version: "13.0".into(),
                    path: None,
                }),
                nvrtc: Some(Found {
                    version: "12.8".into(),
                    path: Some(format!("/opt/{}/libnvrtc.so.12", "long/".repeat(20)).into()),
                }),
                devices: vec![device],
                missing: vec![Missing {
                    what: "a compiler of kernels".into(),
                    remedy: "pip install nvidia-cuda-nvrtc-cu12".into(),
                }],
            },
        };
        let text = machine.to_string();
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        for part in [
            "avx512, 16 cores, 64.0 GiB free of 128.0 GiB",
            "7168 MiB",
            "nvidia-cuda-nvrtc-cu12",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let json = serde_json::to_value(&machine).expect("JSON");
        assert_eq!(json["cuda"]["devices"][0]["capability"][0], 9);
    }
}
