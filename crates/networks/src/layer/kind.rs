//! What a kind of layer says of itself.

use std::any::Any;

pub(super) use onnx_graph::{Site, Value};

pub(super) use super::shape::Shape;
pub(super) use crate::cost::Cost;
pub(super) use crate::network_error::NetworkError;
use crate::parameter;
pub(super) use crate::parameter::Parameter;

/// What every kind of layer says of itself. Nothing is answered by default, so that no kind lacks
/// tensors or layers inside because somebody forgot them.
pub(crate) trait LayerKind: Any {
    /// The layer's path, or what it does where it owns no tensor.
    fn name(&self) -> &str;

    /// What leaves the layer when `channels` enter it.
    fn width(&self, channels: usize) -> Width;

    /// The shape that leaves the layer when `input` enters it; adds what that costs to `cost`.
    fn trace(&self, input: Shape, cost: &mut Cost) -> Result<Shape, NetworkError>;

    /// The tensors or layers that it is made of.
    fn contents(&self) -> Contents<'_>;

    /// Adds its operators to the graph of an ONNX file, in inference. Those of the layers inside
    /// are there: `inner` is what each list of its contents that is no head makes of `x`. The
    /// shapes are those of what is read and written.
    fn onnx(
        &self,
        site: &mut Site<'_, '_>,
        shapes: [Shape; 2],
        x: Value,
        inner: Vec<Value>,
    ) -> Value;
}

/// Some kind of layer.
pub(crate) type AnyKind = dyn LayerKind + 'static;

/// Channels that leave a layer.
pub(crate) struct Width {
    /// How many.
    pub(crate) channels: usize,
    /// Whether the layer decides it: the last that does gives a list its width.
    pub(crate) is_chosen: bool,
}

impl Width {
    /// Decided by what enters.
    pub(super) fn given(channels: usize) -> Self {
        Self {
            channels,
            is_chosen: false,
        }
    }

    /// Decided by the layer.
    pub(super) fn chosen(channels: usize) -> Self {
        Self {
            channels,
            is_chosen: true,
        }
    }
}

/// What a layer is made of.
pub(crate) enum Contents<'a> {
    /// Neither tensors nor layers.
    Nothing,
    /// Tensors, in the order of the forward pass.
    Tensors(Vec<Parameter>),
    /// Lists of layers, in the order of their tensors.
    Layers(Vec<Inner<'a>>),
}

/// A list of layers inside a layer. It reads what the layer reads.
pub(crate) struct Inner<'a> {
    /// What it is called inside the layer; nothing where the layer is known by it alone.
    pub(crate) place: String,
    /// The layers in order.
    pub(crate) layers: Vec<&'a AnyKind>,
    /// Whether it is a head: it writes logits, and only training runs it.
    pub(crate) is_head: bool,
    /// Whether a regime added them, with all their tensors.
    pub(crate) is_added: bool,
}

impl<'a> Inner<'a> {
    /// A list that the layer's result depends on.
    pub(super) fn part<L: AsRef<AnyKind>>(place: impl Into<String>, layers: &'a [L]) -> Self {
        Self {
            place: place.into(),
            layers: layers.iter().map(AsRef::as_ref).collect(),
            is_head: false,
            is_added: false,
        }
    }

    /// A list that a regime added.
    pub(super) fn added<L: AsRef<AnyKind>>(layers: &'a [L]) -> Self {
        Self {
            is_added: true,
            ..Self::part("", layers)
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
    /// Its own tensors, without those of layers inside.
    pub(crate) fn own(&self) -> Vec<Parameter> {
        match self.contents() {
            Contents::Tensors(own) => own,
            Contents::Nothing | Contents::Layers(_) => Vec::new(),
        }
    }

    /// The lists of layers inside.
    pub(crate) fn inner(&self) -> Vec<Inner<'_>> {
        match self.contents() {
            Contents::Layers(lists) => lists,
            Contents::Nothing | Contents::Tensors(_) => Vec::new(),
        }
    }

    /// All its tensors, with those of layers inside.
    pub(crate) fn tensors(&self) -> Vec<Parameter> {
        let mut all = self.own();
        let inner = self.inner();
        for list in &inner {
            let tensors = list.layers.iter().flat_map(|layer| layer.tensors());
            all.extend(tensors.map(|tensor| Parameter {
                is_added: tensor.is_added || list.is_added,
                ..tensor
            }));
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
    let own = last.map_or_else(Vec::new, AnyKind::own);
    if own.iter().any(|p| p.kind == parameter::Kind::LinearWeight) {
        for parameter in parameters {
            parameter.is_classifier = own.iter().any(|own| own.path == parameter.path);
        }
    }
}
