//! Layers beside each other.

use super::kind::{
    AnyKind, Contents, Cost, Inner, LayerKind, NetworkError, Shape, Site, Value, Width,
};
use super::list;
use super::mismatch::mismatch;

/// Every list of layers `L` reads the same map; their channels are put one after the other. An
/// empty list is the identity.
#[derive(Clone, Debug, PartialEq)]
pub struct Branches<L>(pub Vec<Vec<L>>);

impl<L: AsRef<AnyKind> + 'static> LayerKind for Branches<L> {
    fn name(&self) -> &str {
        "branches"
    }

    fn width(&self, channels: usize) -> Width {
        Width::chosen(
            self.0
                .iter()
                .map(|branch| list::channels(branch, channels))
                .sum(),
        )
    }

    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError> {
        let mut joined = Shape {
            channels: 0,
            ..input
        };
        for (index, branch) in self.0.iter().enumerate() {
            let part = list::trace(branch, input, cost)?;
            let pixels = (part.height, part.width);
            if index > 0 && pixels != (joined.height, joined.width) {
                return Err(mismatch(self.name(), part));
            }
            joined = Shape {
                channels: joined.channels + part.channels,
                ..part
            };
        }
        Ok(cost.written(joined, 0))
    }

    fn contents(&self) -> Contents<'_> {
        let branches = self.0.iter().enumerate();
        Contents::Layers(
            branches
                .map(|(index, branch)| Inner::part(index.to_string(), branch))
                .collect(),
        )
    }

    fn onnx(&self, site: &mut Site<'_, '_>, _: [Shape; 2], _: Value, inner: Vec<Value>) -> Value {
        let parts: Vec<_> = inner.into_iter().map(|part| site.map(part)).collect();
        Value::map(site.concatenate(&parts, 1))
    }
}
