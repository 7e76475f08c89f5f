//! Element types by the names that PyTorch gives them.

use crate::element::Element;

/// An element type of a storage or tensor.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dtype {
    /// As in `torch.float32`.
    pub(super) name: &'static str,
    /// Class of its typed storages in `torch`; empty where there is none.
    storage: &'static str,
    /// Bytes of one value.
    pub(super) bytes: usize,
    /// How to make float32 of it.
    pub(super) element: Option<Element>,
}

const fn dtype(
    name: &'static str,
    storage: &'static str,
    bytes: usize,
    element: Option<Element>,
) -> Dtype {
    Dtype {
        name,
        storage,
        bytes,
        element,
    }
}

static ALL: [Dtype; 25] = [
    dtype("float32", "FloatStorage", 4, Some(Element::F32)),
    dtype("float16", "HalfStorage", 2, Some(Element::F16)),
    dtype("bfloat16", "BFloat16Storage", 2, Some(Element::Bf16)),
    dtype("float64", "DoubleStorage", 8, Some(Element::F64)),
    dtype("int64", "LongStorage", 8, None),
    dtype("int32", "IntStorage", 4, None),
    dtype("int16", "ShortStorage", 2, None),
    dtype("int8", "CharStorage", 1, None),
    dtype("uint8", "ByteStorage", 1, None),
    dtype("bool", "BoolStorage", 1, None),
    dtype("complex64", "ComplexFloatStorage", 8, None),
    dtype("complex128", "ComplexDoubleStorage", 16, None),
    dtype("quint8", "QUInt8Storage", 1, None),
    dtype("qint8", "QInt8Storage", 1, None),
    dtype("qint32", "QInt32Storage", 4, None),
    dtype("quint4x2", "QUInt4x2Storage", 1, None),
    dtype("uint16", "", 2, None),
    dtype("uint32", "", 4, None),
    dtype("uint64", "", 8, None),
    dtype("complex32", "", 4, None),
    dtype("float8_e4m3fn", "", 1, None),
    dtype("float8_e4m3fnuz", "", 1, None),
    dtype("float8_e5m2", "", 1, None),
    dtype("float8_e5m2fnuz", "", 1, None),
    dtype("float8_e8m0fnu", "", 1, None),
];

impl Dtype {
    /// Whether its values are whole numbers or bools, as counters and tables of positions are.
    pub(super) fn is_whole(&self) -> bool {
        ["int64", "int32", "int16", "int8", "uint8", "bool"].contains(&self.name)
    }

    /// `float32` ─▶ the type.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|dtype| dtype.name == name)
    }

    /// `FloatStorage` ─▶ the type; an `UntypedStorage` counts in bytes.
    pub(super) fn of_storage(class: &str) -> Option<&'static Self> {
        let class = match class {
            "UntypedStorage" => "ByteStorage",
            typed => typed,
        };
        let typed = |dtype: &&Self| !class.is_empty() && dtype.storage == class;
        ALL.iter().find(typed)
    }
}
