//! What the few functions of a checkpoint stand for.

use super::global::Global;
use super::value::{Storage, Tensor, Value, Values};
use crate::error::Flaw;

/// Most extents of a tensor, PyTorch's own limit.
const MAX_RANK: usize = 64;

/// The value of `function(*arguments)`.
pub(super) fn call<'a>(
    values: &mut Values<'a>,
    function: Value<'a>,
    arguments: Value<'a>,
) -> Result<Value<'a>, Flaw> {
    let function = match function {
        Value::Global(function) => function,
        foreign => return object(foreign),
    };
    let Value::Sequence(place) = arguments else {
        return Err(Flaw::Damaged(format!("arguments in {}", arguments.kind())));
    };
    let arguments = &values.sequences[place];
    match (function, &arguments[..]) {
        (Global::OrderedDict, []) => Ok(values.dict(Vec::new())),
        // Python 2 writes a list of pairs.
        (Global::OrderedDict, &[Value::Sequence(list)]) => {
            // Taken and not copied, so that no list is paid for twice.
            let list = std::mem::take(&mut values.sequences[list]);
            let pair = |pair: Value<'a>| match pair {
                Value::Sequence(pair) => match values.sequences[pair][..] {
                    [key, value] => Ok((key, value)),
                    _ => Err(Flaw::damaged("a pair that has not two items")),
                },
                other => Err(Flaw::Damaged(format!("{} as a pair", other.kind()))),
            };
            let entries = list.into_iter().map(pair).collect::<Result<_, _>>()?;
            Ok(values.dict(entries))
        }
        // A default for entries that are missing.
        (Global::OrderedDict, [Value::Global(_) | Value::Foreign(_) | Value::None]) => {
            Ok(values.dict(Vec::new()))
        }
        (Global::RebuildFromType, &[function @ Value::Global(inner), _, arguments, ..])
            if inner != Global::RebuildFromType =>
        {
            call(values, function, arguments)
        }
        (Global::Size, &[extents @ Value::Sequence(_)]) => Ok(extents),
        (Global::RebuildParameter, [tensor @ (Value::Tensor(_) | Value::Object(_)), ..]) => {
            Ok(*tensor)
        }
        (Global::RebuildTensor, &[storage, offset, shape, stride])
        | (Global::RebuildTensor2, &[storage, offset, shape, stride, _, _]) => {
            view(values, [storage, offset, shape, stride], None)
        }
        (Global::RebuildTensor2, &[storage, offset, shape, stride, _, _, ref bits]) => {
            plain(values, bits)?;
            view(values, [storage, offset, shape, stride], None)
        }
        (Global::RebuildTensor3, &[storage, offset, shape, stride, _, _, dtype, ref bits @ ..]) => {
            bits.iter().try_for_each(|bits| plain(values, bits))?;
            view(values, [storage, offset, shape, stride], Some(dtype))
        }
        (function, arguments) => Err(Flaw::Damaged(format!(
            "{function:?} called with {} arguments of other kinds than expected",
            arguments.len()
        ))),
    }
}

/// What a foreign class or function would have made, or an object that it was to be made from.
pub(super) fn object(class: Value<'_>) -> Result<Value<'_>, Flaw> {
    match class {
        Value::Foreign(place) | Value::Object(place) => Ok(Value::Object(place)),
        other => Err(Flaw::Damaged(format!("a call of {}", other.kind()))),
    }
}

/// Tensors whose sign or conjugate is not yet applied are marked by a non-empty dict.
fn plain(values: &Values, bits: &Value) -> Result<(), Flaw> {
    match bits {
        Value::None => Ok(()),
        Value::Dict(place) if values.dicts[*place].is_empty() => Ok(()),
        _ => Err(Flaw::damaged("a tensor with a pending negation")),
    }
}

fn view<'a>(
    values: &mut Values<'a>,
    [storage, offset, shape, stride]: [Value<'a>; 4],
    dtype: Option<Value<'a>>,
) -> Result<Value<'a>, Flaw> {
    let storage = match storage {
        Value::Storage(place) => values.storages[place],
        // A tensor of which nothing is known, as of its storage.
        Value::Object(place) => return Ok(Value::Object(place)),
        other => return Err(Flaw::Damaged(format!("{} as a storage", other.kind()))),
    };
    let dtype = match dtype {
        None => storage.dtype,
        Some(Value::Global(Global::Dtype(dtype))) => dtype,
        Some(other) => return Err(Flaw::Damaged(format!("{} as a type", other.kind()))),
    };
    let (shape, stride) = (extents(values, shape)?, extents(values, stride)?);
    if shape.len() != stride.len() {
        return Err(Flaw::Damaged(format!(
            "{} extents with {} strides",
            shape.len(),
            stride.len()
        )));
    }
    values.tensors.push(Tensor {
        storage,
        dtype,
        offset: count(&offset)?,
        shape,
        stride,
    });
    Ok(Value::Tensor(values.tensors.len() - 1))
}

fn extents(values: &Values, tuple: Value) -> Result<Vec<usize>, Flaw> {
    match tuple {
        Value::Sequence(place) if values.sequences[place].len() <= MAX_RANK => {
            values.sequences[place].iter().map(count).collect()
        }
        Value::Sequence(_) => Err(Flaw::Damaged(format!("more than {MAX_RANK} extents"))),
        other => Err(Flaw::Damaged(format!("{} as a shape", other.kind()))),
    }
}

fn count(value: &Value) -> Result<usize, Flaw> {
    let count = match value {
        Value::Int(count) => usize::try_from(*count).ok(),
        _ => None,
    };
    count.ok_or_else(|| Flaw::damaged("expected a whole number of at least 0"))
}

/// The storage of a persistent id: `('storage', class, key, device, count)`, and in old files a
/// sixth item that is None.
pub(super) fn storage<'a>(values: &mut Values<'a>, id: Value<'a>) -> Result<Value<'a>, Flaw> {
    let items = match id {
        Value::Sequence(place) => &values.sequences[place][..],
        _ => &[],
    };
    let (class, key, numbers) = match *items {
        [Value::Text("storage"), class, key, _device, numbers]
        | [
            Value::Text("storage"),
            class,
            key,
            _device,
            numbers,
            Value::None,
        ] => (class, key, numbers),
        _ => (Value::None, Value::None, Value::None),
    };
    if let Value::Foreign(place) = class {
        return Ok(Value::Object(place));
    }
    let (Value::Global(Global::Storage(dtype)), Value::Text(key)) = (class, key) else {
        return Err(Flaw::damaged(
            "a persistent id that is not ('storage', class, key, device, count)",
        ));
    };
    values.storages.push(Storage {
        key,
        dtype,
        count: count(&numbers)?,
    });
    Ok(Value::Storage(values.storages.len() - 1))
}

/// Keys and values that alternate.
pub(super) fn pairs<'a>(items: &[Value<'a>]) -> Result<Vec<(Value<'a>, Value<'a>)>, Flaw> {
    let (pairs, rest) = items.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Flaw::damaged("a key without a value"));
    }
    Ok(pairs.iter().map(|[key, value]| (*key, *value)).collect())
}
