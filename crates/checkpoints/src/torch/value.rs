//! The plain values that a pickle holds.

use super::dtype::Dtype;
use super::global::Global;
use crate::error::{Flaw, shown};

/// Most names of foreign classes and functions.
const MAX_FOREIGN: usize = 1 << 12;

/// A value of a pickle; containers are places in its [`Values`], so that a container may hold
/// itself and a deep nest is freed without recursion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// An integer of more than 64 bits: two's complement, little-endian.
    Long(&'a [u8]),
    Float(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
    /// A list or a tuple.
    Sequence(usize),
    Dict(usize),
    Global(Global),
    /// A class or function that stands for no plain value: a place among the names.
    Foreign(usize),
    /// What such a class or function would have made: never made, and nothing is known of it.
    Object(usize),
    Storage(usize),
    Tensor(usize),
}

impl Value<'_> {
    /// What it is, in the words of Python.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "a bool",
            Self::Int(_) | Self::Long(_) => "an int",
            Self::Float(_) => "a float",
            Self::Text(_) => "a string",
            Self::Bytes(_) => "bytes",
            Self::Sequence(_) => "a list or tuple",
            Self::Dict(_) => "a dict",
            Self::Global(_) | Self::Foreign(_) => "a class or function",
            Self::Object(_) => "an object",
            Self::Storage(_) => "a storage",
            Self::Tensor(_) => "a tensor",
        }
    }
}

/// Numbers in a row, kept outside the pickle under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Storage<'a> {
    pub(super) key: &'a str,
    pub(super) dtype: &'static Dtype,
    /// How many values of `dtype`.
    pub(super) count: usize,
}

/// A view of a storage, not yet checked against it; offset and strides in elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tensor<'a> {
    pub(super) storage: Storage<'a>,
    pub(super) dtype: &'static Dtype,
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    pub(super) stride: Vec<usize>,
}

/// The containers of a pickle.
#[derive(Debug, Default)]
pub(super) struct Values<'a> {
    pub(super) sequences: Vec<Vec<Value<'a>>>,
    pub(super) dicts: Vec<Vec<(Value<'a>, Value<'a>)>>,
    pub(super) storages: Vec<Storage<'a>>,
    pub(super) tensors: Vec<Tensor<'a>>,
    /// Names of foreign classes and functions, each once: `argparse.Namespace`.
    pub(super) foreign: Vec<String>,
}

impl<'a> Values<'a> {
    pub(super) fn sequence(&mut self, items: Vec<Value<'a>>) -> Value<'a> {
        self.sequences.push(items);
        Value::Sequence(self.sequences.len() - 1)
    }

    pub(super) fn dict(&mut self, entries: Vec<(Value<'a>, Value<'a>)>) -> Value<'a> {
        self.dicts.push(entries);
        Value::Dict(self.dicts.len() - 1)
    }

    /// A class or function that stands for no plain value.
    pub(super) fn foreign(&mut self, module: &str, name: &str) -> Result<Value<'a>, Flaw> {
        let full = shown(&format!("{module}.{name}"));
        if let Some(place) = self.foreign.iter().position(|known| *known == full) {
            return Ok(Value::Foreign(place));
        }
        if self.foreign.len() == MAX_FOREIGN {
            return Err(Flaw::Damaged(format!(
                "names of more than {MAX_FOREIGN} classes and functions"
            )));
        }
        self.foreign.push(full);
        Ok(Value::Foreign(self.foreign.len() - 1))
    }

    /// The value of a text key; the last one, as in Python, where it was set twice.
    pub(super) fn get(&self, dict: usize, key: &str) -> Option<Value<'a>> {
        let mut entries = self.dicts[dict].iter().rev();
        entries
            .find(|(k, _)| *k == Value::Text(key))
            .map(|(_, value)| *value)
    }
}
