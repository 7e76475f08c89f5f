//! Maximum over windows.

use super::kind::{Contents, Cost, LayerKind, NetworkError, Shape, Site, Value, Width};
use super::pool::PoolGeometry;

/// Maximum over windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool(pub PoolGeometry);

impl LayerKind for MaxPool {
    fn name(&self) -> &str {
        "max-pool"
    }

    fn width(&self, channels: usize) -> Width {
        Width::given(channels)
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let output = self.0.output(self.name(), input)?;
        Ok(cost.written(output, 0))
    }

    fn contents(&self) -> Contents<'_> {
        Contents::Nothing
    }

    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        [input, output]: [Shape; 2],
        x: Value,
        _: Vec<Value>,
    ) -> Value {
        let x = site.map(x);
        let far = self.0.far_border([input, output]);
        Value::map(site.node("MaxPool", &[&x], self.0.attributes(far)))
    }
}
