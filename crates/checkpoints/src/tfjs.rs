//! TensorFlow.js layers models: `model.json`, whose manifest names the weights, and binary shards.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::element::Element;
use super::error::{Flaw, shown};
use super::host::{HostTensor, Weights};
use super::limit::FILE_LIMIT;

/// Largest `model.json`, in bytes.
pub(super) const MODEL_LIMIT: u64 = 64 << 20;
/// Most shards of a model.
const MAX_SHARDS: usize = 4096;
/// Most extents of a tensor.
const MAX_RANK: usize = 64;

/// What is read of `model.json`.
#[derive(Deserialize)]
struct Model {
    format: Option<String>,
    #[serde(rename = "weightsManifest")]
    manifest: Option<Vec<Group>>,
}

/// Tensors that lie one after another in the joined bytes of some shards.
#[derive(Deserialize)]
struct Group {
    paths: Vec<String>,
    weights: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<u64>,
    dtype: String,
    quantization: Option<Quantization>,
}

/// Values stored in fewer bits: float16, or integers `q` that mean `scale × q + min`.
#[derive(Deserialize)]
struct Quantization {
    dtype: String,
    #[serde(default)]
    scale: f64,
    #[serde(default)]
    min: f64,
}

/// The tensors and the SHA-256 of the text and all shards.
pub(super) fn read(
    text: &[u8],
    open: impl FnMut(&str, u64) -> io::Result<Vec<u8>>,
) -> Result<(Weights, String), Flaw> {
    let model: Model = serde_json::from_slice(text).map_err(Flaw::damaged)?;
    if let Some(format) = model.format.filter(|format| format != "layers-model") {
        return Err(Flaw::Damaged(format!(
            "expected format `layers-model`, found `{}`",
            shown(&format)
        )));
    }
    let groups = model
        .manifest
        .ok_or_else(|| Flaw::damaged("no `weightsManifest`"))?;
    check_paths(&groups)?;
    let sizes = groups
        .iter()
        .map(Group::bytes)
        .collect::<Result<Vec<_>, _>>()?;
    let total = sizes.iter().fold(0, |sum: u64, s| sum.saturating_add(*s));
    if total > FILE_LIMIT {
        return Err(Flaw::TooLarge(total, FILE_LIMIT));
    }

    let mut tensors = BTreeMap::new();
    let mut hash = Sha256::new_with_prefix(text);
    let mut open = open;
    for (group, size) in groups.into_iter().zip(sizes) {
        let mut shards = Shards {
            paths: group.paths.into(),
            bytes: Vec::new(),
            used: 0,
            unread: size,
            hash: &mut hash,
            open: &mut open,
        };
        for entry in group.weights {
            let stored = Stored::of(&entry)?;
            let (shape, count) = entry.extents()?;
            let values = stored.values(shards.next(count * stored.bytes())?);
            let name = shown(&entry.name);
            if tensors
                .insert(entry.name, HostTensor { shape, values })
                .is_some()
            {
                return Err(Flaw::Damaged(format!("two tensors `{name}`")));
            }
        }
        shards.finish()?;
    }
    Ok((Weights { tensors }, format!("{:x}", hash.finalize())))
}

/// Shards must be distinct plain file names, so that none lies outside the model's folder.
fn check_paths(groups: &[Group]) -> Result<(), Flaw> {
    let mut seen = BTreeSet::new();
    for path in groups.iter().flat_map(|group| &group.paths) {
        let plain = !matches!(path.as_str(), "" | "." | "..")
            && path.len() <= 255
            && !path.contains(['/', '\\', ':', '\0']);
        if !plain {
            return Err(Flaw::Damaged(format!(
                "expected shards named as plain files beside model.json, found `{}`",
                shown(path)
            )));
        }
        if !seen.insert(path) {
            return Err(Flaw::Damaged(format!(
                "shard `{}` named twice",
                shown(path)
            )));
        }
    }
    if seen.len() > MAX_SHARDS {
        return Err(Flaw::Damaged(format!(
            "{} shards; at most {MAX_SHARDS} are read",
            seen.len()
        )));
    }
    Ok(())
}

impl Group {
    /// Bytes that the weights occupy.
    fn bytes(&self) -> Result<u64, Flaw> {
        let mut sum = 0u64;
        for entry in &self.weights {
            let (_, count) = entry.extents()?;
            sum = sum.saturating_add((count * Stored::of(entry)?.bytes()) as u64);
        }
        Ok(sum)
    }
}

impl Entry {
    /// The shape and the number of values, small enough to be counted in bytes.
    fn extents(&self) -> Result<(Vec<usize>, usize), Flaw> {
        let shape: Option<Vec<usize>> = self.shape.iter().map(|d| (*d).try_into().ok()).collect();
        let within = |shape: &Vec<usize>| {
            let count = shape.iter().try_fold(1usize, |n, d| n.checked_mul(*d))?;
            (count as u64 <= FILE_LIMIT && shape.len() <= MAX_RANK).then_some(count)
        };
        shape
            .and_then(|shape| within(&shape).map(|count| (shape, count)))
            .ok_or_else(|| Flaw::Damaged(format!("tensor `{}` is too large", shown(&self.name))))
    }
}

/// How values lie in the shards.
enum Stored {
    Plain(Element),
    Byte { scale: f64, min: f64 },
    Short { scale: f64, min: f64 },
}

impl Stored {
    fn of(entry: &Entry) -> Result<Self, Flaw> {
        let other = |found: &str| Flaw::ElementType {
            tensor: shown(&entry.name),
            found: shown(found),
        };
        if entry.dtype != "float32" {
            return Err(other(&entry.dtype));
        }
        let Some(quantization) = &entry.quantization else {
            return Ok(Self::Plain(Element::F32));
        };
        let &Quantization { scale, min, .. } = quantization;
        match quantization.dtype.as_str() {
            "float16" => Ok(Self::Plain(Element::F16)),
            "uint8" => Ok(Self::Byte { scale, min }),
            "uint16" => Ok(Self::Short { scale, min }),
            found => Err(other(found)),
        }
    }

    /// Bytes of one value.
    fn bytes(&self) -> usize {
        match self {
            Self::Plain(element) => element.bytes(),
            Self::Byte { .. } => 1,
            Self::Short { .. } => 2,
        }
    }

    fn values(&self, bytes: &[u8]) -> Vec<f32> {
        match *self {
            Self::Plain(element) => element.all(bytes),
            Self::Byte { scale, min } => bytes
                .iter()
                .map(|q| (f64::from(*q) * scale + min) as f32)
                .collect(),
            Self::Short { scale, min } => {
                let stored = bytes.as_chunks().0.iter();
                stored
                    .map(|q| (f64::from(u16::from_le_bytes(*q)) * scale + min) as f32)
                    .collect()
            }
        }
    }
}

/// The joined bytes of a group, of which only what the next tensor needs is in memory.
struct Shards<'a, F> {
    /// Those not opened yet.
    paths: VecDeque<String>,
    /// Read and not dropped yet; the first `used` of them belong to earlier tensors.
    bytes: Vec<u8>,
    used: usize,
    /// Bytes of the group that the shards in `paths` must hold.
    unread: u64,
    hash: &'a mut Sha256,
    open: &'a mut F,
}

impl<F: FnMut(&str, u64) -> io::Result<Vec<u8>>> Shards<'_, F> {
    fn next(&mut self, count: usize) -> Result<&[u8], Flaw> {
        while self.bytes.len() - self.used < count {
            self.bytes.drain(..self.used);
            self.used = 0;
            if !self.read_one()? {
                return Err(Flaw::Damaged(format!(
                    "the shards end {} bytes before the weights",
                    self.unread
                )));
            }
        }
        let start = self.used;
        self.used += count;
        Ok(&self.bytes[start..self.used])
    }

    /// Appends the next shard, if there is one.
    fn read_one(&mut self) -> Result<bool, Flaw> {
        let Some(path) = self.paths.pop_front() else {
            return Ok(false);
        };
        let shard = match (self.open)(&path, self.unread + 1) {
            Ok(shard) => shard,
            Err(source) => return Err(Flaw::Shard(path, source)),
        };
        let Some(unread) = self.unread.checked_sub(shard.len() as u64) else {
            return Err(Flaw::Damaged(format!(
                "shard `{}` is longer than the {} bytes that the weights still need",
                shown(&path),
                self.unread
            )));
        };
        self.unread = unread;
        self.hash.update(&shard);
        self.bytes.extend_from_slice(&shard);
        Ok(true)
    }

    /// Shards after the last tensor must be empty, but count towards the hash.
    fn finish(mut self) -> Result<(), Flaw> {
        while self.read_one()? {}
        Ok(())
    }
}
