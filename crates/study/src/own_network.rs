//! Networks of one's own: files of blocks, and ONNX files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use networks::Pretrained;
use networks::zoo::{self, Choice, OwnBlock};
use onnx_import::{BlockPatterns, Imported, import};
use outside::ReadError;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::entry::ModelEntry;
use super::error::StudyError;
use super::onnx_file::is_onnx;
use super::spec::{StudySpec, parse, read_text};

/// The file: a name, and blocks from the input to the head.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnNetwork {
    name: String,
    block: Vec<OwnBlock>,
}

/// A network of one's own.
#[derive(Clone, Debug)]
pub struct OwnFile {
    /// The network, with what else was asked for.
    pub choice: Choice,
    /// The weights that came with it, those of an ONNX file.
    pub weights: Option<OwnWeights>,
}

/// Weights that came with a network.
#[derive(Clone, Debug)]
pub struct OwnWeights {
    /// Them, under the network's paths.
    pub pretrained: Arc<Pretrained>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// What became different from the file, a sentence each.
    pub notes: Vec<String>,
}

/// Reads the network of one's own in the file at `path`, with what else `choice` asks for: a file of
/// blocks, or an ONNX file, cut into blocks by `patterns`.
pub fn own_network(
    path: &Path,
    choice: &Choice,
    patterns: &BlockPatterns,
) -> Result<OwnFile, StudyError> {
    if is_onnx(path) {
        return of_onnx(path, choice, patterns);
    }
    let OwnNetwork { name, block } = parse(&read_text(path)?, path)?;
    Ok(OwnFile {
        choice: Choice {
            name,
            blocks: Some(block),
            ..choice.clone()
        },
        weights: None,
    })
}

fn of_onnx(path: &Path, choice: &Choice, patterns: &BlockPatterns) -> Result<OwnFile, StudyError> {
    let bytes = outside::read(path, onnx_import::FILE_LIMIT).map_err(|error| match error {
        ReadError::TooLarge { found, limit } => StudyError::TooLarge {
            path: path.into(),
            bytes: found,
            limit,
        },
        ReadError::Io(source) => StudyError::Unreadable {
            path: path.into(),
            source,
        },
    })?;
    let name = match choice.name.as_str() {
        "" => name_of(path),
        name => name.to_owned(),
    };
    let imported = import(&bytes, &name, patterns);
    let Imported {
        choice: found,
        network,
        weights,
        notes,
    } = imported.map_err(|source| StudyError::Onnx {
        path: path.into(),
        source: Box::new(source),
    })?;
    let pretrained = Pretrained::of(found.clone(), network, weights);
    Ok(OwnFile {
        choice: Choice {
            name,
            blocks: found.blocks,
            ..choice.clone()
        },
        weights: Some(OwnWeights {
            pretrained: Arc::new(pretrained),
            sha256: format!("{:x}", Sha256::digest(&bytes)),
            notes,
        }),
    })
}

/// The name of a file as that of a network, which is none of the zoo.
fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let plain = |sign: char| match sign.is_ascii_alphanumeric() || "-_.".contains(sign) {
        true => sign,
        false => '-',
    };
    let name: String = stem.chars().map(plain).take(59).collect();
    match zoo::names().contains(&name.as_str()) {
        true => format!("{name}-onnx"),
        false => name,
    }
}

/// The same with every file of a network read, and the weights that came with them, by the label of the
/// whole network; paths are relative to `base`.
pub(crate) fn with_own_networks(
    spec: &StudySpec,
    base: &Path,
) -> Result<(StudySpec, BTreeMap<String, OwnWeights>), StudyError> {
    let mut spec = spec.clone();
    let mut weights = BTreeMap::new();
    let mut read: BTreeMap<PathBuf, OwnFile> = BTreeMap::new();
    for ModelEntry {
        choice,
        file,
        blocks,
    } in &mut spec.grid.model
    {
        let Some(file) = file else { continue };
        let again = read
            .get(file)
            .filter(|_| blocks.0.is_empty() && choice.name.is_empty());
        let found = match again {
            Some(found) => OwnFile {
                choice: Choice {
                    name: found.choice.name.clone(),
                    blocks: found.choice.blocks.clone(),
                    ..choice.clone()
                },
                weights: found.weights.clone(),
            },
            None => own_network(&base.join(&*file), choice, blocks)?,
        };
        if blocks.0.is_empty() && choice.name.is_empty() {
            read.insert(file.clone(), found.clone());
        }
        *choice = found.choice;
        if let Some(found) = found.weights {
            weights.insert(choice.base().label(), found);
        }
    }
    Ok((spec, weights))
}
