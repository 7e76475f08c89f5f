//! Weights as a user names them, with what is known of them.

use std::path::{Path, PathBuf};

use networks::{Card, Weights, WeightsError, WeightsFile, zoo};
use thiserror::Error;

use super::builtin;
use super::cache::locate;
use super::entries::ENTRIES;
use super::known::Known;

/// Why named weights cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Nothing of that name.
    #[error("expected a file of weights, `{}<name>` or a name of `transfusion weights list`, found {written}{}", builtin::PREFIX, nearest.as_ref().map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default())]
    Unknown {
        /// What was written.
        written: String,
        /// The closest name.
        nearest: Option<String>,
    },
    /// Known weights that are not in the cache.
    #[error("weights `{name}` are not here yet; get them with `transfusion weights fetch {name}`")]
    NotFetched {
        /// Their name.
        name: &'static str,
    },
    /// A file that cannot be read.
    #[error(transparent)]
    File(#[from] WeightsError),
}

/// Weights that were opened.
#[derive(Clone, Debug)]
pub struct OpenedWeights {
    /// Where they are; `builtin:` and a name for those of the program.
    pub path: PathBuf,
    /// The tensors as stored.
    pub file: WeightsFile,
    /// The entry of the table, where the name or the checksum is known.
    pub known: Option<&'static Known>,
    /// What the file or the table says of their origin.
    pub card: Option<Card>,
}

/// Opens the weights that `written` names: `builtin:<name>`, a file relative to `base`, or a name
/// of the table that is in the cache.
pub fn open(written: &Path, base: &Path) -> Result<OpenedWeights, OpenError> {
    open_part(written, base, None)
}

/// As [`open`]; of a file that holds several networks the dictionary `part`, where there is one of that
/// name.
pub fn open_part(
    written: &Path,
    base: &Path,
    part: Option<&str>,
) -> Result<OpenedWeights, OpenError> {
    let name = written.to_str().unwrap_or_default();
    if let Some(name) = name.strip_prefix(builtin::PREFIX) {
        let bytes = builtin::find(name).ok_or_else(|| OpenError::Unknown {
            written: written.display().to_string(),
            nearest: zoo::nearest(name, &builtin::names())
                .map(|nearest| format!("{}{nearest}", builtin::PREFIX)),
        })?;
        let file = Weights::from_bytes(bytes, written)?;
        return Ok(OpenedWeights::new(written.into(), file, None));
    }
    let path = base.join(written);
    if path.exists() {
        let file = Weights::read_part(&path, part)?;
        let known = ENTRIES.iter().find(|known| known.sha256 == file.sha256);
        return Ok(OpenedWeights::new(path, file, known));
    }
    if let Some(known) = Known::find(name) {
        let path = locate(known).ok_or(OpenError::NotFetched { name: known.name })?;
        let file = Weights::read(&path)?;
        return Ok(OpenedWeights::new(path, file, Some(known)));
    }
    let names: Vec<_> = ENTRIES.iter().map(|known| known.name).collect();
    Err(OpenError::Unknown {
        written: written.display().to_string(),
        nearest: zoo::nearest(name, &names),
    })
}

impl OpenedWeights {
    fn new(path: PathBuf, file: WeightsFile, known: Option<&'static Known>) -> Self {
        let card = Card::of(&file).or_else(|| known.map(Known::card));
        Self {
            path,
            file,
            known,
            card,
        }
    }
}
