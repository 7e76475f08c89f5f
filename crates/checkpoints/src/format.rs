//! The kinds of weights file that are read.

use std::fmt;
use std::path::Path;

/// The kind of a weights file, told by its content and not by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Named tensors behind a JSON header; the only kind that is also written.
    Safetensors,
    /// A PyTorch checkpoint since 1.6: a zip archive of a pickle and its storages.
    TorchZip,
    /// A PyTorch checkpoint before 1.6: pickles followed by the storages.
    TorchLegacy,
    /// A TensorFlow.js layers model: `model.json` and the shards beside it.
    TfjsLayers,
    /// An HDF5 file, as Keras writes with a name that ends in `.h5`.
    KerasH5,
    /// A `.keras` archive: a zip of an HDF5 file and a description of the model.
    KerasArchive,
}

impl Format {
    /// The number that opens a legacy checkpoint, as the pickle opcode `LONG1` with ten bytes.
    const TORCH_MAGIC: [u8; 12] = *b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

    /// The format of a single file by its first bytes.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"PK\x03\x04") {
            return Some(match Self::is_keras(bytes) {
                true => Self::KerasArchive,
                false => Self::TorchZip,
            });
        }
        if bytes.starts_with(&hdf5_file::SIGNATURE) {
            return Some(Self::KerasH5);
        }
        // Newer pickle protocols put a frame of nine bytes before the number.
        let opening = &bytes[..bytes.len().min(2 + 9 + Self::TORCH_MAGIC.len())];
        let mut windows = opening.windows(Self::TORCH_MAGIC.len());
        if bytes.first() == Some(&0x80) && windows.any(|w| w == Self::TORCH_MAGIC) {
            return Some(Self::TorchLegacy);
        }
        (bytes.get(8) == Some(&b'{')).then_some(Self::Safetensors)
    }

    /// Whether the first member of a zip archive is one of Keras'; those of PyTorch have a folder
    /// before their names.
    fn is_keras(bytes: &[u8]) -> bool {
        let length = bytes.get(26..28).and_then(|bytes| bytes.first_chunk());
        let length = length.map_or(0, |length| usize::from(u16::from_le_bytes(*length)));
        let name = bytes.get(30..30 + length).unwrap_or_default();
        name.starts_with(b"assets/")
            || [&b"metadata.json"[..], b"config.json", b"model.weights.h5"].contains(&name)
    }

    /// Whether a path names a TensorFlow.js model: a folder, or a file that ends in `.json`.
    pub(super) fn is_tfjs(path: &Path) -> bool {
        let json = |end: &std::ffi::OsStr| end.eq_ignore_ascii_case("json");
        path.extension().is_some_and(json) || path.is_dir()
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Safetensors => "safetensors",
            Self::TorchZip => "PyTorch (zip)",
            Self::TorchLegacy => "PyTorch (legacy)",
            Self::TfjsLayers => "TensorFlow.js layers model",
            Self::KerasH5 => "Keras (HDF5)",
            Self::KerasArchive => "Keras (.keras)",
        })
    }
}
