//! Named tensors on the host, and the safetensors files they live in.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::card::Card;
use crate::network::Network;
use crate::parameter::Parameter;

/// Largest weights file that is read, in bytes.
const FILE_LIMIT: u64 = 4 << 30;

/// Why weights cannot be read or written.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The operating system refused.
    #[error("cannot {action} weights {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Larger than any network here.
    #[error("weights {} hold {bytes} bytes; at most {FILE_LIMIT} are read", path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its size in bytes.
        bytes: u64,
    },
    /// Not safetensors, or damaged.
    #[error("weights {} are not a whole safetensors file ({reason}); fetch or write them again", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// A tensor of another element type.
    #[error("tensor `{tensor}` in {} has type {found}; expected F32, F16 or BF16", path.display())]
    ElementType {
        /// Which file.
        path: PathBuf,
        /// Which tensor.
        tensor: String,
        /// Its type.
        found: String,
    },
    /// The tensors do not make up the network.
    #[error("tensor `{tensor}` of network `{network}`: expected shape {expected:?}, found {found}")]
    Incomplete {
        /// The network.
        network: String,
        /// Which tensor.
        tensor: String,
        /// Shape by the network.
        expected: Vec<usize>,
        /// Shape given, or that it is missing.
        found: String,
    },
}

/// One tensor, row-major float32.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the product of `shape`.
    pub values: Vec<f32>,
}

/// What a safetensors file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightsFile {
    /// The tensors.
    pub weights: Weights,
    /// Free text by key.
    pub metadata: BTreeMap<String, String>,
    /// SHA-256 of the file's bytes, in hexadecimal.
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

/// Tensors by path, sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Path ─▶ tensor.
    pub tensors: BTreeMap<String, HostTensor>,
}

impl Weights {
    /// Reads a safetensors file.
    pub fn read(path: &Path) -> Result<WeightsFile, WeightsError> {
        let io = |source| WeightsError::Io {
            action: "read",
            path: path.into(),
            source,
        };
        let file = std::fs::File::open(path).map_err(io)?;
        let bytes = file.metadata().map_err(io)?.len();
        if bytes > FILE_LIMIT {
            return Err(WeightsError::TooLarge {
                path: path.into(),
                bytes,
            });
        }
        let mut buffer = Vec::new();
        file.take(FILE_LIMIT).read_to_end(&mut buffer).map_err(io)?;
        Self::from_bytes(&buffer, path)
    }

    /// Reads safetensors from memory; `path` only names them in errors.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<WeightsFile, WeightsError> {
        let damaged = |reason: String| WeightsError::Damaged {
            path: path.into(),
            reason,
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| damaged(e.to_string()))?;
        let metadata = header
            .metadata()
            .iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let file = SafeTensors::deserialize(bytes).map_err(|e| damaged(e.to_string()))?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.tensors() {
            let values = match view.dtype() {
                Dtype::F32 => view
                    .data()
                    .as_chunks()
                    .0
                    .iter()
                    .map(|b| f32::from_le_bytes(*b))
                    .collect(),
                Dtype::F16 => view
                    .data()
                    .as_chunks()
                    .0
                    .iter()
                    .map(|b| half::f16::from_le_bytes(*b).to_f32())
                    .collect(),
                Dtype::BF16 => view
                    .data()
                    .as_chunks()
                    .0
                    .iter()
                    .map(|b| half::bf16::from_le_bytes(*b).to_f32())
                    .collect(),
                // torchvision counts batches as an integer buffer that no forward pass reads.
                Dtype::I64 if name.ends_with("num_batches_tracked") => continue,
                found => {
                    return Err(WeightsError::ElementType {
                        path: path.into(),
                        tensor: name,
                        found: format!("{found:?}"),
                    });
                }
            };
            tensors.insert(
                name,
                HostTensor {
                    shape: view.shape().to_vec(),
                    values,
                },
            );
        }
        let sha256 = format!("{:x}", Sha256::digest(bytes));
        Ok(WeightsFile {
            weights: Self { tensors },
            metadata,
            sha256,
        })
    }

    /// The bytes of a safetensors file with these tensors and metadata (at most one entry, because
    /// the format does not order them); equal input gives equal bytes.
    pub fn to_bytes(&self, metadata: Option<(&str, String)>) -> Vec<u8> {
        self.encode(Dtype::F32, |v| v.to_le_bytes(), metadata)
    }

    /// The same in half precision (F16): half the size, values rounded to 11 bits.
    pub fn to_half_bytes(&self, metadata: Option<(&str, String)>) -> Vec<u8> {
        self.encode(
            Dtype::F16,
            |v| half::f16::from_f32(v).to_le_bytes(),
            metadata,
        )
    }

    fn encode<const N: usize>(
        &self,
        dtype: Dtype,
        to_bytes: impl Fn(f32) -> [u8; N],
        metadata: Option<(&str, String)>,
    ) -> Vec<u8> {
        let little_endian: Vec<(&String, &HostTensor, Vec<u8>)> = self
            .tensors
            .iter()
            .map(|(path, t)| {
                (
                    path,
                    t,
                    t.values.iter().flat_map(|v| to_bytes(*v)).collect(),
                )
            })
            .collect();
        let views = little_endian.iter().map(|(path, t, bytes)| {
            let view = TensorView::new(dtype, t.shape.clone(), bytes)
                .expect("a host tensor holds as many values as its shape says");
            (path.as_str(), view)
        });
        let metadata = metadata.map(|(key, text)| [(key.to_string(), text)].into());
        safetensors::serialize(views, metadata)
            .expect("sizes were checked when the views were made")
    }

    /// The tensor that a parameter names, if its shape agrees.
    pub fn get(
        &self,
        network: &Network,
        parameter: &Parameter,
    ) -> Result<&HostTensor, WeightsError> {
        let found = match self.tensors.get(&parameter.path) {
            Some(tensor) if tensor.shape == parameter.shape => return Ok(tensor),
            Some(tensor) => format!("{:?}", tensor.shape),
            None => "no such tensor".into(),
        };
        Err(WeightsError::Incomplete {
            network: network.name.clone(),
            tensor: parameter.path.clone(),
            expected: parameter.shape.clone(),
            found,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights() -> Weights {
        let tensor = HostTensor {
            shape: vec![2, 3],
            values: vec![0.0, 1.0, -2.5, f32::MIN_POSITIVE, 4.0, 5.0],
        };
        Weights {
            tensors: [("stem.conv.weight".to_string(), tensor)].into(),
        }
    }

    #[test]
    fn a_file_comes_back_bit_for_bit() {
        let bytes = weights().to_bytes(Some(Card::example().metadata()));
        let file = Weights::from_bytes(&bytes, Path::new("w.safetensors")).unwrap();
        assert_eq!(file.weights, weights());
        assert_eq!(file.card(), Some(Card::example()));
        assert_eq!(
            file.weights.to_bytes(Some(Card::example().metadata())),
            bytes
        );
    }

    #[test]
    fn damaged_files_are_named_and_cost_no_memory() {
        let whole = weights().to_bytes(None);
        for cut in [0, 4, 8, 20, whole.len() - 1] {
            let error =
                Weights::from_bytes(&whole[..cut], Path::new("cut.safetensors")).unwrap_err();
            assert!(error.to_string().contains("cut.safetensors"), "{error}");
        }
        let mut huge = whole;
        huge[..8].copy_from_slice(&(10u64 << 30).to_le_bytes());
        assert!(matches!(
            Weights::from_bytes(&huge, Path::new("huge.safetensors")),
            Err(WeightsError::Damaged { .. })
        ));
    }
}
