//! Stands in for the executor on NVIDIA GPUs: it finds none.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use engine::{BufferId, Executor, Kept, Program, Step};
use serde::Serialize;
use thiserror::Error;

/// What of CUDA is on this machine.
#[derive(Clone, Debug, Serialize)]
pub struct Inventory {
    /// The driver.
    pub driver: Option<Found>,
    /// The compiler of kernels.
    pub nvrtc: Option<Found>,
    /// Convolutions.
    pub cudnn: Option<Found>,
    /// By index.
    pub devices: Vec<DeviceInfo>,
    /// What is missing.
    pub missing: Vec<Missing>,
}

/// A library that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// As it says itself.
    pub version: String,
    /// Where.
    pub path: Option<PathBuf>,
}

/// A device.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceInfo {
    /// From 0.
    pub index: usize,
    /// Of the model.
    pub name: String,
    /// Major and minor.
    pub capability: [u32; 2],
    /// In all.
    pub memory_bytes: u64,
    /// Now.
    pub free_bytes: u64,
    /// How many.
    pub multiprocessors: u32,
    /// Of this one.
    pub uuid: String,
}

/// What is missing.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// What.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Inventory {
    /// Looks.
    pub fn look() -> Self {
        Self {
            driver: None,
            nvrtc: None,
            cudnn: None,
            devices: Vec::new(),
            missing: vec![Missing {
                what: "no NVIDIA driver was found".into(),
                remedy: "install the driver of your GPU; `nvidia-smi` then lists it".into(),
            }],
        }
    }
}

/// How it computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether products round their operands to TF32.
    pub tf32: bool,
}

/// A device at work.
#[derive(Debug)]
pub struct Cuda;

/// Why there is none.
#[derive(Debug, Error)]
pub enum CudaError {
    /// There is no CUDA.
    #[error("no NVIDIA driver was found: install the driver of your GPU")]
    Absent,
}

impl CudaError {
    /// Whether it may be otherwise later.
    pub fn is_passing(&self) -> bool {
        false
    }
}

impl Cuda {
    /// Opens a device.
    pub fn open(_index: usize, _options: Options) -> Result<Self, CudaError> {
        Err(CudaError::Absent)
    }

    /// What it is.
    pub fn describe(&self) -> String {
        "cuda: none".into()
    }
}

impl Executor for Cuda {
    fn put(&mut self, _kept: &Kept, _values: Vec<f32>) {}

    fn kept(&self, _kept: &Kept) -> Option<Vec<f32>> {
        None
    }

    fn forget(&mut self, _is_forgotten: &dyn Fn(&Kept) -> bool) {}

    fn enter(&mut self, _program: &Arc<Program>) {}

    fn upload(&mut self, _buffer: BufferId, _values: &[f32]) {}

    fn download(&self, _buffer: BufferId) -> Vec<f32> {
        Vec::new()
    }

    fn run(&mut self, _instructions: Range<usize>, _step: Step) {}
}

/// Bytes on a device: arena, what outlives programs, moments.
pub fn footprint(program: &Program) -> usize {
    program.memory.peak_bytes() + program.kept_bytes()
}
