//! A penalty on the distance of a tensor from where it started.

use burn::tensor::{Device, Tensor, TensorData};

/// What `strength/2 ‖w − towards‖²` adds to a gradient; towards 0 where there is nothing else.
#[derive(Debug)]
pub(super) struct Pull {
    strength: f64,
    towards: Option<Tensor<1>>,
}

impl Pull {
    /// Places it on a device.
    pub(super) fn new(pull: &networks::regime::Pull, device: &Device) -> Self {
        let place = |values: &Vec<f32>| {
            Tensor::from_data(TensorData::new(values.clone(), [values.len()]), device)
        };
        Self {
            strength: pull.strength,
            towards: pull.towards.as_ref().map(place),
        }
    }

    /// The gradient of a tensor `w` with that of the penalty added.
    pub(super) fn add(&self, gradient: Tensor<1>, w: &Tensor<1>) -> Tensor<1> {
        let away = match &self.towards {
            Some(start) => w.clone() - start.clone(),
            None => w.clone(),
        };
        gradient + away * self.strength
    }
}
