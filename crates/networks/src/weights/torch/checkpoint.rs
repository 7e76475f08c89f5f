//! From the values of a checkpoint to its named tensors.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::pickle::Pickle;
use super::value::{Storage, Tensor, Value};
use crate::weights::element::{Element, is_batch_counter};
use crate::weights::error::{Flaw, shown};
use crate::weights::host::Weights;
use crate::weights::limit::FILE_LIMIT;

/// Where checkpoints keep their state dict, the first taken first.
const PLACES: [&str; 10] = [
    "state_dict",
    "model",
    "model_state_dict",
    "net",
    "network",
    "ema",
    "model_ema",
    "state_dict_ema",
    "params",
    "weights",
];
/// Deepest state dict: `model` in `state_dict` and so on.
const MAX_DEPTH: usize = 4;
/// What DataParallel puts before every name.
const PARALLEL: &str = "module.";
/// Most elements of all tensors for each element of their storages. Tensors may share storages,
/// as the heads of a pyramid do, but a small file may not become large in memory.
const MAX_SHARING: usize = 16;

/// The state dict of a checkpoint; `bytes` gives those of a storage.
pub(super) fn weights<'a>(
    pickle: &Pickle<'a>,
    mut bytes: impl FnMut(&Storage<'a>) -> Result<Cow<'a, [u8]>, Flaw>,
) -> Result<Weights, Flaw> {
    let mut chosen = chosen(pickle)?;
    check_total(&chosen)?;
    // One storage after another, so that only one of a zip archive is unpacked at a time.
    chosen.sort_by_key(|part| part.tensor.storage.key);
    let mut tensors = BTreeMap::new();
    for shared in chosen.chunk_by(|a, b| a.tensor.storage == b.tensor.storage) {
        let storage = shared[0].tensor.storage;
        let bytes = bytes(&storage)?;
        if Some(bytes.len()) != storage.bytes() {
            return Err(Flaw::Damaged(format!(
                "storage `{}` has {} bytes, expected {} values of {}",
                shown(storage.key),
                bytes.len(),
                storage.count,
                storage.dtype.name
            )));
        }
        for part in shared {
            let values = part.tensor.read(part.element, &bytes, part.count)?;
            tensors.insert(part.name.to_string(), values);
        }
    }
    Ok(Weights { tensors })
}

/// A tensor of the state dict, checked.
struct Part<'p, 'a> {
    name: &'a str,
    tensor: &'p Tensor<'a>,
    element: Element,
    count: usize,
}

fn chosen<'p, 'a>(pickle: &'p Pickle<'a>) -> Result<Vec<Part<'p, 'a>>, Flaw> {
    let mut named = Vec::new();
    for (key, value) in &pickle.values.dicts[state_dict(pickle)?] {
        match (key, value) {
            (Value::Text(name), Value::Tensor(place)) => {
                named.push((*name, &pickle.values.tensors[*place]));
            }
            (key, Value::Tensor(_)) => {
                return Err(Flaw::Damaged(format!("a tensor under {}", key.kind())));
            }
            _ => {}
        }
    }
    if named.is_empty() {
        return Err(Flaw::NoStateDict(entries(pickle)));
    }
    let parallel = named.iter().all(|(name, _)| name.starts_with(PARALLEL));
    let mut names = BTreeSet::new();
    let mut parts = Vec::new();
    for (name, tensor) in named {
        let name = if parallel {
            &name[PARALLEL.len()..]
        } else {
            name
        };
        if !names.insert(name) {
            return Err(Flaw::Damaged(format!("two tensors `{}`", shown(name))));
        }
        let element = match tensor.dtype.element {
            Some(element) => element,
            None if is_batch_counter(name) => continue,
            None => {
                return Err(Flaw::ElementType {
                    tensor: shown(name),
                    found: tensor.dtype.name.into(),
                });
            }
        };
        if tensor.dtype != tensor.storage.dtype {
            return Err(Flaw::Damaged(format!(
                "tensor `{}` reads {} as {}",
                shown(name),
                tensor.storage.dtype.name,
                tensor.dtype.name
            )));
        }
        let count = tensor
            .count()
            .map_err(|reason| Flaw::Damaged(format!("tensor `{}`: {reason}", shown(name))))?;
        parts.push(Part {
            name,
            tensor,
            element,
            count,
        });
    }
    Ok(parts)
}

/// The dictionary with the tensors: the one at the root or the first of [`PLACES`] inside it.
fn state_dict(pickle: &Pickle) -> Result<usize, Flaw> {
    let Value::Dict(mut dict) = pickle.root else {
        return Err(Flaw::NoStateDict(pickle.root.kind().into()));
    };
    for _ in 0..MAX_DEPTH {
        let inner = |place: &str| match pickle.values.get(dict, place) {
            Some(Value::Dict(inner)) => Some(inner),
            _ => None,
        };
        match PLACES.iter().find_map(|place| inner(place)) {
            Some(inner) => dict = inner,
            None => break,
        }
    }
    Ok(dict)
}

/// The first entries at the root, for an error.
fn entries(pickle: &Pickle) -> String {
    let Value::Dict(root) = pickle.root else {
        return pickle.root.kind().into();
    };
    let mut entries: Vec<String> = pickle.values.dicts[root]
        .iter()
        .take(8)
        .map(|(key, value)| match key {
            Value::Text(name) => format!("`{}` ({})", shown(name), value.kind()),
            key => format!("{} ({})", key.kind(), value.kind()),
        })
        .collect();
    if entries.is_empty() {
        entries.push("an empty dict".into());
    }
    entries.join(", ")
}

/// Bounds the memory of all tensors, however many share a storage.
fn check_total(parts: &[Part]) -> Result<(), Flaw> {
    let total = parts
        .iter()
        .fold(0usize, |sum, part| sum.saturating_add(part.count));
    let storages: BTreeMap<&str, usize> = parts
        .iter()
        .map(|part| (part.tensor.storage.key, part.tensor.storage.count))
        .collect();
    let stored = storages
        .values()
        .fold(0usize, |sum, n| sum.saturating_add(*n));
    if total > stored.saturating_mul(MAX_SHARING) {
        return Err(Flaw::Damaged(format!(
            "its tensors hold {total} numbers but their storages only {stored}"
        )));
    }
    // float16 doubles when it is read.
    let bytes = (total as u64).saturating_mul(4);
    if bytes > 2 * FILE_LIMIT {
        return Err(Flaw::TooLarge(bytes, 2 * FILE_LIMIT));
    }
    Ok(())
}

impl Storage<'_> {
    /// Its size in bytes, if that is a number.
    pub(super) fn bytes(&self) -> Option<usize> {
        self.count.checked_mul(self.dtype.bytes)
    }
}
