//! What a regime adds to a network while it trains.

use super::kind::{
    AnyKind, Contents, Cost, Inner, LayerKind, NetworkError, Shape, Site, Value, Width,
};
use super::list;
use super::mismatch::expect_channels;
use crate::parameter::{Kind, Parameter};

/// Layers of `L` that the network does not have itself: their tensors are marked as added.
#[derive(Clone, Debug, PartialEq)]
pub struct Added<L>(pub Vec<L>);

impl<L: AsRef<AnyKind> + 'static> LayerKind for Added<L> {
    fn name(&self) -> &str {
        "added"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(list::channels(&self.0, channels))
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        list::trace(&self.0, input, cost)
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Layers(vec![Inner::added(&self.0)])
    }

    fn onnx(&self, _: &mut Site<'_, '_>, _: [Shape; 2], x: Value, inner: Vec<Value>) -> Value {
        inner.into_iter().next().unwrap_or(x)
    }
}

/// One constant factor per channel, `<path>` `[channels, 1, 1]`: a buffer that no training moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Path of the factors.
    pub path: String,
    /// Channels.
    pub channels: usize,
}

impl LayerKind for Factor {
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
        Contents::Tensors(vec![Parameter::new(self.path.clone(), shape, Kind::Factor)])
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        site.operator("Mul", x, vec![])
    }
}
