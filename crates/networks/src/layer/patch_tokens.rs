//! A sequence without its first tokens.

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::mismatch::mismatch;

/// The tokens of pixels alone: the first ones, a class token and registers, are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatchTokens {
    /// How many are left out.
    pub skipped: usize,
}

impl LayerKind for PatchTokens {
    fn name(&self) -> &str {
        "patch-tokens"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        match input.height.checked_sub(self.skipped) {
            Some(height) if height > 0 && input.width == 1 => {
                Ok(cost.written(Shape { height, ..input }, 0))
            }
            _ => Err(mismatch(self.name(), input)),
        }
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [input, _]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let x = site.map(x);
        let starts = site.ints("starts", vec![self.skipped as i64]);
        let ends = site.ints("ends", vec![input.height as i64]);
        let axes = site.ints("axes", vec![2]);
        Value::map(site.node("Slice", &[&x, &starts, &ends, &axes], vec![]))
    }
}
