//! LayerScale.

use super::kind::{Inner, LayerKind};
use super::mismatch::expect_channels;
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Site, Value};
use crate::parameter::{Kind, Parameter};

/// One learnt factor per channel, `<path>` `[channels, 1, 1]`: LayerScale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Parameter path.
    pub path: String,
    /// Channels.
    pub channels: usize,
}

impl LayerKind for Scale {
    fn name(&self) -> &str {
        &self.path
    }

    fn channels(&self, channels: usize) -> usize {
        channels
    }

    fn chooses_width(&self) -> bool {
        false
    }

    fn trace(&self, input: Shape, _: &mut Cost) -> Result<Shape, NetworkError> {
        expect_channels(&self.path, self.channels, input)?;
        Ok(input)
    }

    fn parameters(&self) -> Vec<Parameter> {
        let shape = vec![self.channels, 1, 1];
        vec![Parameter::new(self.path.clone(), shape, Kind::LayerScale)]
    }

    fn inner(&self) -> Vec<Inner<'_>> {
        Vec::new()
    }

    fn onnx(&self, site: &mut Site<'_, '_>, x: Value, _: Vec<Value>) -> Value {
        site.operator("Mul", x, vec![])
    }
}
