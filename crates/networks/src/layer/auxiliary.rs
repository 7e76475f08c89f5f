//! Second heads.

use super::kind::{
    AnyKind, Contents, Cost, Inner, LayerKind, NetworkError, Shape, Site, Value, Width,
};
use super::list;

/// A second head of layers `L`: the map passes unchanged; in training the logits of these layers
/// add to the loss, in inference they are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Auxiliary<L>(pub Vec<L>);

impl<L: AsRef<AnyKind> + 'static> LayerKind for Auxiliary<L> {
    fn name(&self) -> &str {
        "auxiliary"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        list::trace(&self.0, input, cost)?;
        Ok(input)
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Layers(vec![Inner::head(&self.0)])
    }

    fn onnx(&self, _: &mut Site<'_, '_>, _: [Shape; 2], x: Value, _: Vec<Value>) -> Value {
        x
    }
}
