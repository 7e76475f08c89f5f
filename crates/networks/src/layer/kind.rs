//! What a kind of layer says of itself.

use std::any::Any;

use super::shape::Shape;
use crate::cost::Cost;
use crate::network_error::NetworkError;
use crate::onnx::{Site, Value};
use crate::parameter::{self, Parameter};

/// What every kind of layer says of itself. Nothing is answered by default, so that no kind lacks
/// tensors or layers inside because somebody forgot them.
pub(crate) trait LayerKind: Any {
    /// The layer's path, or what it does where it owns no tensor.
    fn name(&self) -> &str;

    /// Channels that leave the layer when `channels` enter it.
    fn channels(&self, channels: usize) -> usize;

    /// Whether the layer decides how many channels it writes: the last that does gives a list its
    /// width.
    fn chooses_width(&self) -> bool;

    /// The shape that leaves the layer when `input` enters it; adds what that costs to `cost`.
    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError>;

    /// Its own tensors in the order of its forward pass, without those of layers inside.
    fn parameters(&self) -> Vec<Parameter>;

    /// The lists of layers inside, in the order of their parameters.
    fn inner(&self) -> Vec<Inner<'_>>;

    /// Adds its operators to the graph of an ONNX file, in inference. Those of the layers inside
    /// are there: `inner` is what each list of [`inner`](Self::inner) that is no head makes of `x`.
    fn onnx(&self, site: &mut Site<'_, '_>, x: Value, inner: Vec<Value>) -> Value;
}

/// Some kind of layer.
pub(crate) type AnyKind = dyn LayerKind + 'static;

/// A list of layers inside a layer. It reads what the layer reads.
pub(crate) struct Inner<'a> {
    /// What it is called inside the layer; nothing where the layer is known by it alone.
    pub(crate) place: String,
    /// The layers in order.
    pub(crate) layers: Vec<&'a AnyKind>,
    /// Whether it is a head: it writes logits, and only training runs it.
    pub(crate) is_head: bool,
}

impl<'a> Inner<'a> {
    /// A list that the layer's result depends on.
    pub(super) fn part<L: AsRef<AnyKind>>(place: impl Into<String>, layers: &'a [L]) -> Self {
        Self {
            place: place.into(),
            layers: layers.iter().map(AsRef::as_ref).collect(),
            is_head: false,
        }
    }

    /// A list that writes logits.
    pub(super) fn head<L: AsRef<AnyKind>>(layers: &'a [L]) -> Self {
        Self {
            is_head: true,
            ..Self::part("", layers)
        }
    }
}

impl AnyKind {
    /// Its tensors, those of layers inside behind its own.
    pub(crate) fn tensors(&self) -> Vec<Parameter> {
        let mut all = self.parameters();
        let inner = self.inner();
        for list in &inner {
            all.extend(list.layers.iter().flat_map(|layer| layer.tensors()));
        }
        for head in inner.iter().filter(|list| list.is_head) {
            mark_classifier(head.layers.last().copied(), &mut all);
        }
        all
    }

    /// Whether it is a `K`, or a layer inside is.
    pub(crate) fn holds<K: LayerKind>(&self) -> bool {
        let it: &dyn Any = self;
        let inside = |list: Inner| list.layers.iter().any(|layer| layer.holds::<K>());
        it.is::<K>() || self.inner().into_iter().any(inside)
    }
}

/// Marks the tensors of a head's last layer, and those alone, if that layer is linear.
pub(crate) fn mark_classifier(last: Option<&AnyKind>, parameters: &mut [Parameter]) {
    let own = last.map_or_else(Vec::new, LayerKind::parameters);
    if own.iter().any(|p| p.kind == parameter::Kind::LinearWeight) {
        for parameter in parameters {
            parameter.is_classifier = own.iter().any(|own| own.path == parameter.path);
        }
    }
}
