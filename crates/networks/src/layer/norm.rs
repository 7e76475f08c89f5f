//! What normalisations have in common.

use onnx_graph::Attribute;

use super::mismatch::expect_channels;
use super::shape::Shape;
use crate::network_error::NetworkError;
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

    /// What leaves the layer: the shape that enters, if that is what it normalises.
    pub(super) fn output(&self, input: Shape) -> Result<Shape, NetworkError> {
        expect_channels(&self.path, self.channels, input)?;
        Ok(input)
    }

    /// Scale and shift.
    pub(super) fn affine(&self) -> Vec<Parameter> {
        self.tensors([("weight", Kind::NormScale), ("bias", Kind::NormShift)])
    }

    /// Running mean and variance of a batch norm.
    pub(super) fn statistics(&self) -> Vec<Parameter> {
        self.tensors([
            ("running_mean", Kind::RunningMean),
            ("running_var", Kind::RunningVariance),
        ])
    }

    /// ε, as ONNX's operators are told.
    pub(super) fn epsilon_attribute(&self) -> (&'static str, Attribute) {
        ("epsilon", Attribute::Float(self.epsilon as f32))
    }

    fn tensors(&self, tensors: [(&str, Kind); 2]) -> Vec<Parameter> {
        let tensor = |(name, kind)| {
            Parameter::new(format!("{}.{name}", self.path), vec![self.channels], kind)
        };
        tensors.map(tensor).into()
    }
}
