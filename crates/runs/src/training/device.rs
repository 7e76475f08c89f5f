//! Where training computes.

use engine::tensor::{Device, Tensor, TensorData};
use networks::{Input, Network};

/// The processor, through our own kernels; without autodiff.
pub fn device() -> Device {
    Device::flex()
}

/// `count` pictures as `network` reads them, `[count, channels, size, size]`, on the device.
pub(crate) fn place(pixels: Vec<f32>, count: usize, network: &Network) -> Tensor<4> {
    let Input { channels, size } = network.input;
    let data = TensorData::new(pixels, [count, channels, size, size]);
    Tensor::from_data(data, &device())
}
