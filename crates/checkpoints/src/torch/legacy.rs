//! The container before PyTorch 1.6: four pickles, a fifth with the keys of the storages, and the
//! storages, each behind its number of elements.

use std::collections::BTreeMap;

use super::bytes::Bytes;
use super::pickle::Pickle;
use super::value::{Storage, Value};
use crate::error::{Flaw, shown};

/// The protocol of the container.
const PROTOCOL: i64 = 1001;

/// A checkpoint in the legacy container.
pub(super) struct Legacy<'a> {
    pub(super) object: Pickle<'a>,
    /// Key ─▶ bytes.
    storages: BTreeMap<&'a str, &'a [u8]>,
}

impl<'a> Legacy<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let mut bytes = Bytes::new(bytes);
        // The magic number, by which the file was recognised.
        Pickle::read(&mut bytes)?;
        let protocol = Pickle::read(&mut bytes)?.root;
        if protocol != Value::Int(PROTOCOL) {
            return Err(Flaw::Damaged(format!(
                "expected protocol {PROTOCOL}, found {protocol:?}"
            )));
        }
        let system = Pickle::read(&mut bytes)?;
        let little = match system.root {
            Value::Dict(place) => system.values.get(place, "little_endian"),
            _ => None,
        };
        if little != Some(Value::Bool(true)) {
            return Err(Flaw::damaged("its storages are not little-endian"));
        }
        let object = Pickle::read(&mut bytes)?;
        let keys = Pickle::read(&mut bytes)?;
        let Value::Sequence(keys_place) = keys.root else {
            return Err(Flaw::Damaged(format!(
                "expected a list of keys, found {}",
                keys.root.kind()
            )));
        };

        let mut known: BTreeMap<&str, &Storage> = BTreeMap::new();
        for storage in &object.values.storages {
            if *known.entry(storage.key).or_insert(storage) != storage {
                return Err(Flaw::Damaged(format!(
                    "storage `{}` is described in two ways",
                    shown(storage.key)
                )));
            }
        }
        let mut storages = BTreeMap::new();
        for key in &keys.values.sequences[keys_place] {
            let Value::Text(key) = *key else {
                return Err(Flaw::Damaged(format!("{} as a key", key.kind())));
            };
            let damaged = |what: String| Flaw::Damaged(format!("storage `{}` {what}", shown(key)));
            let storage = *known
                .get(key)
                .ok_or_else(|| damaged("belongs to no tensor".into()))?;
            let count = i64::from_le_bytes(bytes.array()?);
            if usize::try_from(count) != Ok(storage.count) {
                return Err(damaged(format!(
                    "holds {count} values, expected {}",
                    storage.count
                )));
            }
            let size = storage
                .bytes()
                .ok_or_else(|| damaged("is too large".into()))?;
            if storages.insert(key, bytes.take(size as u64)?).is_some() {
                return Err(damaged("comes twice".into()));
            }
        }
        Ok(Self { object, storages })
    }

    pub(super) fn storage(&self, key: &str) -> Result<&'a [u8], Flaw> {
        self.storages
            .get(key)
            .copied()
            .ok_or_else(|| Flaw::Damaged(format!("no storage `{}`", shown(key))))
    }
}
