//! The names that a checkpoint may refer to.

use super::dtype::Dtype;

/// A function or class of Python that stands for a plain value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Global {
    /// `collections.OrderedDict`.
    OrderedDict,
    /// `torch.Size`, a tuple.
    Size,
    /// A class of storages: `torch.FloatStorage`, `torch.storage.UntypedStorage`.
    Storage(&'static Dtype),
    /// `torch.float32`.
    Dtype(&'static Dtype),
    /// `torch._utils._rebuild_tensor`: storage, offset, shape, strides.
    RebuildTensor,
    /// `torch._utils._rebuild_tensor_v2`: the same, whether it is trained, hooks.
    RebuildTensor2,
    /// `torch._utils._rebuild_tensor_v3`: the same and the element type.
    RebuildTensor3,
    /// `torch._utils._rebuild_parameter`: a tensor, whether it is trained, hooks; with
    /// `_with_state` also attributes.
    RebuildParameter,
    /// `torch._tensor._rebuild_from_type_v2`: one of these functions, a class, its arguments,
    /// attributes.
    RebuildFromType,
}

impl Global {
    /// The global of a module, if it is one of these and nothing else.
    pub(super) fn named(module: &str, name: &str) -> Option<Self> {
        Some(match (module, name) {
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("torch._utils", "_rebuild_tensor") => Self::RebuildTensor,
            ("torch._utils", "_rebuild_tensor_v2") => Self::RebuildTensor2,
            ("torch._utils", "_rebuild_tensor_v3") => Self::RebuildTensor3,
            ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => {
                Self::RebuildParameter
            }
            ("torch._tensor", "_rebuild_from_type_v2") => Self::RebuildFromType,
            ("torch", "Size") => Self::Size,
            ("torch.storage", "UntypedStorage") => Self::Storage(Dtype::of_storage(name)?),
            ("torch", _) => match Dtype::named(name) {
                Some(dtype) => Self::Dtype(dtype),
                None => Self::Storage(Dtype::of_storage(name)?),
            },
            // Counts of an optimiser; a dict in all that matters here.
            ("collections", "defaultdict") => Self::OrderedDict,
            _ => return None,
        })
    }
}
