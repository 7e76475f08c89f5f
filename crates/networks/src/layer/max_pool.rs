//! Maximum over windows.

use super::kind::{Inner, LayerKind};
use super::pool::PoolGeometry;
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Site, Value};
use crate::parameter::Parameter;

/// Maximum over windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool(pub PoolGeometry);

impl LayerKind for MaxPool {
    fn name(&self) -> &str {
        "max-pool"
    }

    fn channels(&self, channels: usize) -> usize {
        channels
    }

    fn chooses_width(&self) -> bool {
        false
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let output = self.0.output(self.name(), input)?;
        Ok(cost.written(output, 0))
    }

    fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    fn inner(&self) -> Vec<Inner<'_>> {
        Vec::new()
    }

    fn onnx(&self, site: &mut Site<'_, '_>, x: Value, _: Vec<Value>) -> Value {
        let x = site.map(x);
        let far = self.0.far_border([site.input, site.output]);
        Value::map(site.node("MaxPool", &[&x], self.0.attributes(far)))
    }
}
