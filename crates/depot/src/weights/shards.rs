//! Models in several files: a `model.json` whose manifest names the files with the numbers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use outside::ReadError;
use serde::Deserialize;

use super::error::CacheError;

/// Name of the file with the manifest.
pub(super) const MODEL: &str = "model.json";
/// Largest such file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "weightsManifest")]
    manifest: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    paths: Vec<String>,
}

/// `model.json` and the files that it names, in its order. All must be beside it.
pub(super) fn files(model: &Path) -> Result<Vec<PathBuf>, CacheError> {
    let damaged = |reason: String| CacheError::Manifest {
        path: model.into(),
        reason,
    };
    let text = outside::read(model, LIMIT).map_err(|error| match error {
        ReadError::TooLarge { .. } => damaged(format!("it has more than {LIMIT} bytes")),
        ReadError::Io(source) => CacheError::Io {
            action: "read",
            path: model.into(),
            source,
        },
    })?;
    let parsed: Model = serde_json::from_slice(&text).map_err(|e| damaged(e.to_string()))?;
    let folder = model.parent().unwrap_or(Path::new(""));
    let mut seen = BTreeSet::from([MODEL]);
    let mut files = vec![model.to_path_buf()];
    for name in parsed.manifest.iter().flat_map(|group| &group.paths) {
        let is_plain = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if !is_plain || name.starts_with('.') || !seen.insert(name) {
            return Err(damaged(format!(
                "`weightsManifest`: expected names of files beside it, each once, found {name:?}"
            )));
        }
        files.push(folder.join(name));
    }
    Ok(files)
}
