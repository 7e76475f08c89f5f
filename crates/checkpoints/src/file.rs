//! Weights files of every format.

use std::collections::BTreeMap;
use std::path::Path;

use outside::ReadError;
use sha2::{Digest as _, Sha256};

use super::content::Content;
use super::error::WeightsError;
use super::format::Format;
use super::host::Weights;
use super::limit::FILE_LIMIT;
use super::{index, keras, safetensors, tfjs, torch};

/// What a weights file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightsFile {
    /// What kind of file it is.
    pub format: Format,
    /// The tensors.
    pub weights: Weights,
    /// Free text by key; only safetensors files carry any.
    pub metadata: BTreeMap<String, String>,
    /// What was passed over, a phrase each: objects that only their own code could make, tensors
    /// of whole numbers, other networks beside the one that was taken.
    pub skipped: Vec<String>,
    /// Whether a part was asked for and these are its tensors alone.
    pub is_part: bool,
    /// SHA-256 in hexadecimal: of the file's bytes, or for a TensorFlow.js model of the bytes of
    /// `model.json` followed by those of its shards in the order of the manifest; for safetensors in
    /// several files of their index followed by those of the files, in the order of their names.
    pub sha256: String,
}

impl WeightsFile {
    fn new(format: Format, content: Content, sha256: String) -> Self {
        let Content {
            weights,
            metadata,
            skipped,
            is_part,
        } = content;
        Self {
            format,
            weights,
            metadata,
            skipped,
            is_part,
            sha256,
        }
    }
}

impl Weights {
    /// Reads safetensors (also in several files: their `….safetensors.index.json`), a PyTorch
    /// checkpoint, a file of Keras (`.h5`, `.keras`), or a TensorFlow.js layers model (its
    /// `model.json` or the folder that holds it).
    /// See [`Weights::from_bytes`] and [`Weights::from_tfjs`].
    pub fn read(path: &Path) -> Result<WeightsFile, WeightsError> {
        Self::read_part(path, None)
    }

    /// As [`Weights::read`]; of a checkpoint that holds several networks the dictionary `part`, where
    /// there is one of that name.
    pub fn read_part(path: &Path, part: Option<&str>) -> Result<WeightsFile, WeightsError> {
        let beside = |name: &str, limit| outside::read_start(&path.with_file_name(name), limit);
        if index::is_index(path) {
            let text = read_whole(path, index::LIMIT)?;
            let format = Format::Safetensors;
            let read = index::read(&text, beside).map_err(|flaw| flaw.of(path, format))?;
            return Ok(WeightsFile::new(format, read.0, read.1));
        }
        if !Format::is_tfjs(path) {
            return Self::part_from_bytes(&read_whole(path, FILE_LIMIT)?, path, part);
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
    /// Values of type float16, bfloat16 and float64 become float32. Tensors of whole numbers, such as
    /// `num_batches_tracked`, are passed over, unless there are no others; any other type is an error.
    /// Values may be infinite or not a number.
    ///
    /// A PyTorch checkpoint is never executed. What a function or class other than those of plain
    /// tensors would have made is passed over, and an error only where a tensor is made of it, or where
    /// the network itself is such an object. Of a checkpoint with several dictionaries the first of
    /// `state_dict`, `model`, `model_state_dict`, `net`, `network`, `ema`, `model_ema`,
    /// `state_dict_ema`, `params` and `weights` is taken, so `model` and not `model_ema` where
    /// both are present; where there are tensors only inside of others (`student`, `teacher`), all of
    /// them, by their path. Epoch, state of the optimiser and the like are ignored.
    ///
    /// Tensors of a Keras file are called `<layer>/<variable>`, such as `conv1_conv/kernel`, and keep
    /// Keras' layout; see [`Weights::from_tfjs`].
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<WeightsFile, WeightsError> {
        Self::part_from_bytes(bytes, path, None)
    }

    fn part_from_bytes(
        bytes: &[u8],
        path: &Path,
        part: Option<&str>,
    ) -> Result<WeightsFile, WeightsError> {
        let Some(format) = Format::of(bytes) else {
            return Err(WeightsError::Unrecognised { path: path.into() });
        };
        let content = match format {
            Format::TorchZip => torch::read_zip(bytes, part),
            Format::TorchLegacy => torch::read_legacy(bytes, part),
            Format::KerasH5 => keras::read_h5(bytes),
            Format::KerasArchive => keras::read_archive(bytes),
            Format::Safetensors | Format::TfjsLayers => safetensors::read(bytes),
        }
        .map_err(|flaw| flaw.of(path, format))?;
        Ok(WeightsFile::new(
            format,
            content,
            format!("{:x}", Sha256::digest(bytes)),
        ))
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
        let content = Content {
            weights,
            ..Content::default()
        };
        Ok(WeightsFile::new(format, content, sha256))
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
