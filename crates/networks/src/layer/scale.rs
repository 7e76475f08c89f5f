//! LayerScale.

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::expect_channels;
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

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, _: &mut Cost) -> Result<Shape, NetworkError> {
        expect_channels(&self.path, self.channels, input)?;
        Ok(input)
    }

    fn contents(&self) -> Contents<'_> {
        let shape = vec![self.channels, 1, 1];
        Contents::Tensors(vec![Parameter::new(
            self.path.clone(),
            shape,
            Kind::LayerScale,
        )])
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        site.operator("Mul", x, vec![])
    }
}
