//! An NVIDIA GPU that networks are to be on.

use engine::{Device, DeviceFault, Executor};
use engine_cuda::{Cuda, CudaError, Options};

/// An NVIDIA GPU that could be opened.
#[derive(Debug)]
pub(crate) struct CudaDevice {
    index: usize,
    options: Options,
    description: String,
}

impl CudaDevice {
    /// Opens it once, to see whether it can be used.
    pub(crate) fn new(index: usize, options: Options) -> Result<Self, CudaError> {
        let found = Cuda::open(index, options)?.describe();
        // Other products are another kind of numbers.
        let description = match options.tf32 {
            true => found.replacen(',', " with TF32,", 1),
            false => found,
        };
        Ok(Self {
            index,
            options,
            description,
        })
    }
}

impl Device for CudaDevice {
    fn executor(&self) -> Result<Box<dyn Executor>, DeviceFault> {
        match Cuda::open(self.index, self.options) {
            Ok(executor) => Ok(Box::new(executor)),
            Err(error) => Err(fault(&error)),
        }
    }

    fn describe(&self) -> String {
        self.description.clone()
    }
}

/// The error as a fault of the device.
pub(crate) fn fault(error: &CudaError) -> DeviceFault {
    DeviceFault {
        message: error.to_string(),
        is_passing: error.is_passing(),
    }
}
