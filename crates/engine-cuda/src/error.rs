//! What can go wrong with a device.

use engine::DeviceFault;

/// Why CUDA cannot be used, or what failed while it was.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CudaError {
    /// A library is not on this machine.
    #[error("{library} was not found: {remedy}")]
    Absent {
        /// Its name.
        library: &'static str,
        /// What to install, or where to point.
        remedy: &'static str,
    },
    /// The driver is older than what is asked of it.
    #[error(
        "the NVIDIA driver speaks CUDA {found}, and {needed} or newer is needed: install a newer driver"
    )]
    DriverTooOld {
        /// What it speaks.
        found: String,
        /// What is needed.
        needed: String,
    },
    /// No such device.
    #[error(
        "there is no CUDA device {index}: the driver shows {found} (CUDA_VISIBLE_DEVICES may hide some)"
    )]
    NoSuchDevice {
        /// The number that was asked for, from 0.
        index: usize,
        /// How many there are.
        found: usize,
    },
    /// A device of an architecture that the kernels are not made for.
    #[error("{name} has compute capability {found}, and {needed} or newer is needed{purpose}")]
    TooOld {
        /// The device.
        name: String,
        /// Its compute capability.
        found: String,
        /// The least that will do.
        needed: &'static str,
        /// What for.
        purpose: &'static str,
    },
    /// The kernels do not compile: a defect of the program, or of NVRTC.
    #[error("the kernels do not compile for {architecture}: {log}")]
    Kernels {
        /// `sm_…`
        architecture: String,
        /// What the compiler says.
        log: String,
    },
    /// A program that no device can run.
    #[error("the network does not run on a device: {reason}")]
    Refused {
        /// Why.
        reason: String,
    },
    /// The device has no room.
    #[error(
        "the device has no room for {asked_mib} MiB more ({free_mib} MiB are free of {total_mib}): \
         take a smaller batch, fewer runs at once, or wait for the others on it"
    )]
    OutOfMemory {
        /// What was asked for.
        asked_mib: usize,
        /// What is free.
        free_mib: usize,
        /// What it has in all.
        total_mib: usize,
    },
    /// A call of the driver failed.
    #[error("{call} failed on the device: {name} ({text})")]
    Call {
        /// Of the driver.
        call: &'static str,
        /// As the driver calls it.
        name: String,
        /// As the driver explains it.
        text: String,
        /// Whether it may go better another time.
        is_passing: bool,
    },
}

impl CudaError {
    /// Whether it may go better another time, on the same machine and with the same request.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::OutOfMemory { .. } => true,
            Self::Call { is_passing, .. } => *is_passing,
            Self::Absent { .. }
            | Self::DriverTooOld { .. }
            | Self::NoSuchDevice { .. }
            | Self::TooOld { .. }
            | Self::Refused { .. }
            | Self::Kernels { .. } => false,
        }
    }

    /// Ends the work on the device, for whoever waits behind the [`Executor`](engine::Executor): its
    /// calls return plain numbers, and wrong ones must not come of it.
    pub(crate) fn unwind(&self) -> ! {
        std::panic::resume_unwind(Box::new(DeviceFault {
            message: self.to_string(),
            is_passing: self.is_passing(),
        }))
    }
}
