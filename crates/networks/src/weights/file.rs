//! Weights files of every format.

use std::collections::BTreeMap;
use std::path::Path;

use outside::ReadError;
use sha2::{Digest as _, Sha256};

use super::error::WeightsError;
use super::format::Format;
use super::host::Weights;
use super::limit::FILE_LIMIT;
use super::{safetensors, tfjs, torch};
use crate::card::Card;

/// What a weights file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightsFile {
    /// What kind of file it is.
    pub format: Format,
    /// The tensors.
    pub weights: Weights,
    /// Free text by key; only safetensors files carry any.
    pub metadata: BTreeMap<String, String>,
    /// SHA-256 in hexadecimal: of the file's bytes, or for a TensorFlow.js model of the bytes of
    /// `model.json` followed by those of its shards in the order of the manifest.
    pub sha256: String,
}

impl WeightsFile {
    /// The card of the file, if it carries one that can be read.
    pub fn card(&self) -> Option<Card> {
        self.metadata
            .get(Card::KEY)
            .and_then(|text| serde_json::from_str(text).ok())
    }
}

impl Weights {
    /// Reads safetensors, a PyTorch checkpoint, or a TensorFlow.js layers model (its `model.json`
    /// or the folder that holds it). See [`Weights::from_bytes`] and [`Weights::from_tfjs`].
    pub fn read(path: &Path) -> Result<WeightsFile, WeightsError> {
        if !Format::is_tfjs(path) {
            return Self::from_bytes(&read_whole(path, FILE_LIMIT)?, path);
        }
        let model = if path.is_dir() {
            &path.join("model.json")
        } else {
            path
        };
        let text = read_whole(model, tfjs::MODEL_LIMIT)?;
        let shard = |name: &str, limit| outside::read_start(&model.with_file_name(name), limit);
        Self::from_tfjs(&text, model, shard)
    }

    /// Reads any single-file format from memory; `path` only names it in errors.
    ///
    /// Values of type float16, bfloat16 and float64 become float32, and `num_batches_tracked`, an
    /// integer, is left out; any other type is an error. Values may be infinite or not a number.
    ///
    /// A PyTorch checkpoint is never executed: one that names a function or class other than
    /// those of plain tensors is refused. Of a checkpoint with several dictionaries the first of
    /// `state_dict`, `model`, `model_state_dict`, `net`, `network`, `ema`, `model_ema`,
    /// `state_dict_ema`, `params` and `weights` is taken, so `model` and not `model_ema` where
    /// both are present; everything beside it (epoch, state of the optimiser) is ignored. If
    /// every name begins with `module.`, as DataParallel writes them, that beginning is removed.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<WeightsFile, WeightsError> {
        let Some(format) = Format::of(bytes) else {
            return Err(WeightsError::Unrecognised { path: path.into() });
        };
        let without_text = |weights| (weights, BTreeMap::new());
        let (weights, metadata) = match format {
            Format::TorchZip => torch::read_zip(bytes).map(without_text),
            Format::TorchLegacy => torch::read_legacy(bytes).map(without_text),
            Format::Safetensors | Format::TfjsLayers => safetensors::read(bytes),
        }
        .map_err(|flaw| flaw.of(path, format))?;
        Ok(WeightsFile {
            format,
            weights,
            metadata,
            sha256: format!("{:x}", Sha256::digest(bytes)),
        })
    }

    /// Reads a TensorFlow.js layers model whose `model.json` holds `model`; `shard` gives the
    /// bytes of the file of a name beside it and may stop after as many as its second argument
    /// says. `path` names the model in errors.
    ///
    /// Tensors keep the names and the layout of the manifest: `conv1/kernel` of shape
    /// `[height, width, channels_in, channels_out]`.
    pub fn from_tfjs(
        model: &[u8],
        path: &Path,
        shard: impl FnMut(&str, u64) -> std::io::Result<Vec<u8>>,
    ) -> Result<WeightsFile, WeightsError> {
        let format = Format::TfjsLayers;
        let (weights, sha256) = tfjs::read(model, shard).map_err(|flaw| flaw.of(path, format))?;
        Ok(WeightsFile {
            format,
            weights,
            metadata: BTreeMap::new(),
            sha256,
        })
    }
}

fn read_whole(path: &Path, limit: u64) -> Result<Vec<u8>, WeightsError> {
    outside::read(path, limit).map_err(|error| match error {
        ReadError::TooLarge { found, limit } => WeightsError::TooLarge {
            path: path.into(),
            bytes: found,
            limit,
        },
        ReadError::Io(source) => WeightsError::Io {
            action: "read",
            path: path.into(),
            source,
        },
    })
}
