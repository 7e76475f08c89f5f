//! Named tensors on the host.

use std::collections::BTreeMap;

use super::error::WeightsError;
use crate::network::Network;
use crate::parameter::Parameter;

/// One tensor, row-major float32.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the product of `shape`.
    pub values: Vec<f32>,
}

/// Tensors by path, sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Path ─▶ tensor.
    pub tensors: BTreeMap<String, HostTensor>,
}

impl Weights {
    /// The tensor that a parameter names, if its shape agrees.
    pub fn get(
        &self,
        network: &Network,
        parameter: &Parameter,
    ) -> Result<&HostTensor, WeightsError> {
        let found = match self.tensors.get(&parameter.path) {
            Some(tensor) if tensor.shape == parameter.shape => return Ok(tensor),
            Some(tensor) => format!("{:?}", tensor.shape),
            None => "no such tensor".into(),
        };
        Err(WeightsError::Incomplete {
            network: network.name.clone(),
            tensor: parameter.path.clone(),
            expected: parameter.shape.clone(),
            found,
        })
    }
}
