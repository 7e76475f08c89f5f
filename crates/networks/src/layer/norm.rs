//! Normalisations.

use crate::parameter::{Kind, Parameter};

/// A normalisation with scale `<path>.weight` and shift `<path>.bias`, `[channels]` each.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm {
    /// Parameter path of the layer.
    pub path: String,
    /// Channels normalised.
    pub channels: usize,
    /// Added to the variance before the square root.
    pub epsilon: f64,
}

impl Norm {
    /// With PyTorch's ε, 1e-5.
    pub fn new(path: String, channels: usize) -> Self {
        Self {
            path,
            channels,
            epsilon: 1e-5,
        }
    }

    /// The same with another ε.
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Scale and shift.
    pub(crate) fn affine(&self) -> Vec<Parameter> {
        self.tensors([("weight", Kind::NormScale), ("bias", Kind::NormShift)])
    }

    /// Running mean and variance of a batch norm.
    pub(crate) fn statistics(&self) -> Vec<Parameter> {
        self.tensors([
            ("running_mean", Kind::RunningMean),
            ("running_var", Kind::RunningVariance),
        ])
    }

    fn tensors(&self, tensors: [(&str, Kind); 2]) -> Vec<Parameter> {
        let tensor = |(name, kind)| {
            Parameter::new(format!("{}.{name}", self.path), vec![self.channels], kind)
        };
        tensors.map(tensor).into()
    }
}
