//! From the values of a checkpoint to its named tensors.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::pickle::Pickle;
use super::value::{Storage, Tensor, Value};
use crate::content::Content;
use crate::element::{Element, is_batch_counter};
use crate::error::{Flaw, listed, shown};
use crate::host::Weights;
use crate::limit::FILE_LIMIT;

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
/// What lies beside the tensors of a network, and holds other tensors.
const BESIDE: [&str; 13] = [
    "optimizer",
    "optimizers",
    "optimizer_states",
    "optimizer_state_dict",
    "optim",
    "lr_scheduler",
    "lr_schedulers",
    "scheduler",
    "scaler",
    "callbacks",
    "loops",
    "hyper_parameters",
    "args",
];
/// Most elements of all tensors for each element of their storages. Tensors may share storages,
/// as the heads of a pyramid do, but a small file may not become large in memory.
const MAX_SHARING: usize = 16;

/// The state dict of a checkpoint: `part` of it, where its root has a dictionary of that name.
/// `bytes` gives those of a storage.
pub(super) fn content<'a>(
    pickle: &Pickle<'a>,
    part: Option<&str>,
    mut bytes: impl FnMut(&Storage<'a>) -> Result<Cow<'a, [u8]>, Flaw>,
) -> Result<Content, Flaw> {
    let (dict, is_part) = state_dict(pickle, part)?;
    let mut skipped = beside(pickle, dict);
    let mut chosen = chosen(pickle, dict, &mut skipped)?;
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
            tensors.insert(part.name.clone(), values);
        }
    }
    if !pickle.values.foreign.is_empty() {
        skipped.push(format!(
            "objects of {}, neither made nor run",
            listed(&pickle.values.foreign)
        ));
    }
    Ok(Content {
        weights: Weights { tensors },
        metadata: BTreeMap::new(),
        skipped,
        is_part,
    })
}

/// A tensor of the state dict, checked.
struct Part<'p, 'a> {
    name: String,
    tensor: &'p Tensor<'a>,
    element: Element,
    count: usize,
}

fn chosen<'p, 'a>(
    pickle: &'p Pickle<'a>,
    dict: usize,
    skipped: &mut Vec<String>,
) -> Result<Vec<Part<'p, 'a>>, Flaw> {
    let mut seen = BTreeSet::new();
    let mut named = tensors(pickle, dict, "", &mut seen, 0)?;
    if named.is_empty() {
        // Several networks side by side, such as a student and its teacher.
        let inner = pickle.values.dicts[dict].iter();
        for (key, value) in inner {
            if let (Value::Text(name), Value::Dict(inner)) = (key, value)
                && !BESIDE.contains(name)
            {
                named.extend(tensors(pickle, *inner, &format!("{name}."), &mut seen, 1)?);
            }
        }
    }
    if named.is_empty() {
        return Err(match object_at(pickle) {
            Some(name) => Flaw::Code(name),
            None => Flaw::NoStateDict(entries(pickle)),
        });
    }
    let mut names = BTreeSet::new();
    let mut parts = Vec::new();
    let mut whole = Vec::new();
    for (name, tensor) in named {
        if !names.insert(name.clone()) {
            return Err(Flaw::Damaged(format!("two tensors `{}`", shown(&name))));
        }
        let element = match tensor.dtype.element {
            Some(element) => element,
            None if is_batch_counter(&name) => continue,
            None if tensor.dtype.is_whole() => {
                whole.push((shown(&name), tensor.dtype.name));
                continue;
            }
            None => {
                return Err(Flaw::ElementType {
                    tensor: shown(&name),
                    found: tensor.dtype.name.into(),
                });
            }
        };
        if tensor.dtype != tensor.storage.dtype {
            return Err(Flaw::Damaged(format!(
                "tensor `{}` reads {} as {}",
                shown(&name),
                tensor.storage.dtype.name,
                tensor.dtype.name
            )));
        }
        let count = tensor
            .count()
            .map_err(|reason| Flaw::Damaged(format!("tensor `{}`: {reason}", shown(&name))))?;
        parts.push(Part {
            name,
            tensor,
            element,
            count,
        });
    }
    match whole.first() {
        Some((tensor, found)) if parts.is_empty() => Err(Flaw::ElementType {
            tensor: tensor.clone(),
            found: (*found).into(),
        }),
        Some(_) => {
            let names: Vec<String> = whole.into_iter().map(|(name, _)| name).collect();
            skipped.push(format!("tensors of whole numbers: {}", listed(&names)));
            Ok(parts)
        }
        None => Ok(parts),
    }
}

/// The tensors of a dictionary and, below the first `depth`, of those in it, by their path. A
/// dictionary that is there twice, or inside itself, counts once.
fn tensors<'p, 'a>(
    pickle: &'p Pickle<'a>,
    dict: usize,
    before: &str,
    seen: &mut BTreeSet<usize>,
    depth: usize,
) -> Result<Vec<(String, &'p Tensor<'a>)>, Flaw> {
    let mut named = Vec::new();
    if !seen.insert(dict) {
        return Ok(named);
    }
    for (key, value) in &pickle.values.dicts[dict] {
        match (key, value) {
            (Value::Text(name), Value::Tensor(place)) => {
                named.push((format!("{before}{name}"), &pickle.values.tensors[*place]));
            }
            (key, Value::Tensor(_)) => {
                return Err(Flaw::Damaged(format!("a tensor under {}", key.kind())));
            }
            // Only its code could say what its numbers are.
            (Value::Text(_), Value::Object(place)) if is_tensor(&pickle.values.foreign[*place]) => {
                return Err(Flaw::Code(pickle.values.foreign[*place].clone()));
            }
            (Value::Text(name), Value::Dict(inner)) if depth > 0 && depth < MAX_DEPTH => {
                let before = format!("{before}{name}.");
                named.extend(tensors(pickle, *inner, &before, seen, depth + 1)?);
            }
            _ => {}
        }
    }
    Ok(named)
}

/// Whether a class or function would have made a tensor.
fn is_tensor(name: &str) -> bool {
    name.starts_with("torch._utils._rebuild") || name.ends_with("Storage")
}

/// The dictionary with the tensors: `part` of the root, the root itself, or the first of
/// [`PLACES`] inside it. And whether it is that part.
fn state_dict(pickle: &Pickle, part: Option<&str>) -> Result<(usize, bool), Flaw> {
    let mut dict = match pickle.root {
        Value::Dict(root) => root,
        Value::Foreign(place) | Value::Object(place) => {
            return Err(Flaw::Code(pickle.values.foreign[place].clone()));
        }
        other => return Err(Flaw::NoStateDict(other.kind().into())),
    };
    let asked = part.and_then(|part| pickle.values.get(dict, part));
    let is_part = matches!(asked, Some(Value::Dict(_)));
    if let Some(Value::Dict(asked)) = asked {
        dict = asked;
    }
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
    Ok((dict, is_part))
}

/// Other dictionaries of the root that may hold a network, which a `part` would take.
fn beside(pickle: &Pickle, taken: usize) -> Vec<String> {
    let Value::Dict(root) = pickle.root else {
        return Vec::new();
    };
    let holds = |dict: usize| {
        let mut entries = pickle.values.dicts[dict].iter();
        entries.any(|(key, value)| matches!((key, value), (Value::Text(_), Value::Tensor(_))))
    };
    let others = pickle.values.dicts[root].iter();
    let others: Vec<String> = others
        .filter_map(|(key, value)| match (key, value) {
            (Value::Text(name), Value::Dict(dict))
                if *dict != taken && root != taken && !BESIDE.contains(name) && holds(*dict) =>
            {
                Some(shown(name))
            }
            _ => None,
        })
        .collect();
    match others.is_empty() {
        true => Vec::new(),
        false => vec![format!("tensors under {}", listed(&others))],
    }
}

/// The class of an object where a network would be: a module that was saved whole.
fn object_at(pickle: &Pickle) -> Option<String> {
    let Value::Dict(root) = pickle.root else {
        return None;
    };
    let object = |place: &&str| match pickle.values.get(root, place) {
        Some(Value::Object(place)) => Some(pickle.values.foreign[place].clone()),
        _ => None,
    };
    PLACES.iter().find_map(object)
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
