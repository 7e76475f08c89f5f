//! Networks of one's own: files of blocks.

use std::path::Path;

use networks::zoo::{Choice, OwnBlock};
use serde::Deserialize;

use super::entry::ModelEntry;
use super::error::StudyError;
use super::spec::{StudySpec, parse, read_text};

/// The file: a name, and blocks from the input to the head.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnNetwork {
    name: String,
    block: Vec<OwnBlock>,
}

/// Reads the network of one's own in the file at `path`, with what else `choice` asks for.
pub fn own_network(path: &Path, choice: &Choice) -> Result<Choice, StudyError> {
    let OwnNetwork { name, block } = parse(&read_text(path)?, path)?;
    Ok(Choice {
        name,
        blocks: Some(block),
        ..choice.clone()
    })
}

/// The same with every file of a network read; paths are relative to `base`.
pub(crate) fn with_own_networks(spec: &StudySpec, base: &Path) -> Result<StudySpec, StudyError> {
    let mut spec = spec.clone();
    for ModelEntry { choice, file } in &mut spec.grid.model {
        if let Some(file) = file {
            *choice = own_network(&base.join(&*file), choice)?;
        }
    }
    Ok(spec)
}
