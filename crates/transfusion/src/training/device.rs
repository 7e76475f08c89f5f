//! Where training computes.

use burn::tensor::Device;

/// The processor, through our own kernels; without autodiff.
pub fn device() -> Device {
    Device::flex()
}
