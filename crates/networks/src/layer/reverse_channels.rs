//! Channels in reverse order.

use super::kind::{Inner, LayerKind};
use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Attribute, Site, Value};
use crate::parameter::Parameter;

/// The channels in reverse order: a network that reads BGR begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReverseChannels;

impl LayerKind for ReverseChannels {
    fn name(&self) -> &str {
        "reverse-channels"
    }

    fn channels(&self, channels: usize) -> usize {
        channels
    }

    fn chooses_width(&self) -> bool {
        false
    }

    fn trace(&self, input: Shape, _: &mut Cost) -> Result<Shape, NetworkError> {
        Ok(input)
    }

    fn parameters(&self) -> Vec<Parameter> {
        Vec::new()
    }

    fn inner(&self) -> Vec<Inner<'_>> {
        Vec::new()
    }

    fn onnx(&self, site: &mut Site<'_, '_>, x: Value, _: Vec<Value>) -> Value {
        let x = site.map(x);
        let indices = (0..site.input.channels as i64).rev().collect();
        let indices = site.ints("indices", indices);
        let axis = vec![("axis", Attribute::Int(1))];
        Value::map(site.node("Gather", &[&x, &indices], axis))
    }
}
