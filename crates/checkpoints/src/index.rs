//! Safetensors in several files, and the index that names them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::content::Content;
use super::error::{Flaw, shown};
use super::limit::FILE_LIMIT;
use super::safetensors;

/// Largest index, in bytes.
pub(super) const LIMIT: u64 = 16 << 20;
/// Most files of one index.
const MAX_FILES: usize = 256;
/// How names of indices end.
const ENDING: &str = ".safetensors.index.json";

#[derive(Deserialize)]
struct Index {
    /// Tensor ─▶ file beside the index.
    weight_map: BTreeMap<String, String>,
}

/// Whether a path names an index.
pub(super) fn is_index(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| name.ends_with(ENDING))
}

/// The tensors of all files of an index, and the SHA-256 of the index followed by them; `beside` gives the bytes of a file of a name beside it and may
/// stop after as many as its second argument says.
pub(super) fn read(
    text: &[u8],
    beside: impl Fn(&str, u64) -> std::io::Result<Vec<u8>>,
) -> Result<(Content, String), Flaw> {
    outside::check_names(text).map_err(Flaw::damaged)?;
    let index: Index = serde_json::from_slice(text).map_err(Flaw::damaged)?;
    let files: BTreeSet<&String> = index.weight_map.values().collect();
    if files.len() > MAX_FILES {
        return Err(Flaw::Damaged(format!(
            "an index of {} files, expected at most {MAX_FILES}",
            files.len()
        )));
    }
    let mut digest = Sha256::new_with_prefix(text);
    let mut all = Content::default();
    let mut left = 2 * FILE_LIMIT;
    for name in files {
        if Path::new(name).file_name() != Some(name.as_ref()) || name.contains('\\') {
            return Err(Flaw::Damaged(format!(
                "expected the name of a file beside the index, found `{}`",
                shown(name)
            )));
        }
        let limit = FILE_LIMIT.min(left);
        let bytes = beside(name, limit + 1).map_err(|e| Flaw::Shard(name.clone(), e))?;
        if bytes.len() as u64 > limit {
            return Err(Flaw::TooLarge(bytes.len() as u64, limit));
        }
        left -= bytes.len() as u64;
        digest.update(&bytes);
        let part = safetensors::read(&bytes)
            .map_err(|flaw| Flaw::Damaged(format!("`{}`: {flaw}", shown(name))))?;
        for (tensor, values) in part.weights.tensors {
            if index.weight_map.get(&tensor) != Some(name) {
                return Err(Flaw::Damaged(format!(
                    "tensor `{}` is in `{}`, where the index does not have it",
                    shown(&tensor),
                    shown(name)
                )));
            }
            all.weights.tensors.insert(tensor, values);
        }
        all.skipped.extend(part.skipped);
        all.metadata.extend(part.metadata);
    }
    let whole_numbers = !all.skipped.is_empty();
    let lost = index.weight_map.keys().find(|tensor| {
        let is_counter = super::element::is_batch_counter(tensor) || whole_numbers;
        !is_counter && !all.weights.tensors.contains_key(*tensor)
    });
    match lost {
        Some(tensor) => Err(Flaw::Damaged(format!(
            "tensor `{}` of the index is in none of its files",
            shown(tensor)
        ))),
        None => Ok((all, format!("{:x}", digest.finalize()))),
    }
}
