//! The safetensors format.

use std::borrow::Cow;
use std::collections::BTreeMap;

use safetensors::tensor::{Dtype, SafeTensors, View};

use super::content::Content;
use super::element::{Element, is_batch_counter};
use super::error::{Flaw, shown};
use super::host::{HostTensor, Weights};

/// The tensors of a file, and its free text by key.
pub(super) fn read(bytes: &[u8]) -> Result<Content, Flaw> {
    let (length, header) = SafeTensors::read_metadata(bytes).map_err(Flaw::damaged)?;
    let text = bytes.get(8..).and_then(|rest| rest.get(..length));
    outside::check_names(text.unwrap_or_default()).map_err(Flaw::damaged)?;
    let metadata = header
        .metadata()
        .iter()
        .flatten()
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let file = SafeTensors::deserialize(bytes).map_err(Flaw::damaged)?;
    let mut tensors = BTreeMap::new();
    let mut whole: Vec<(String, Dtype)> = Vec::new();
    for (name, view) in file.tensors() {
        let element = match view.dtype() {
            Dtype::F16 => Element::F16,
            Dtype::BF16 => Element::Bf16,
            Dtype::F32 => Element::F32,
            Dtype::F64 => Element::F64,
            Dtype::I64 if is_batch_counter(&name) => continue,
            Dtype::BOOL | Dtype::U8 | Dtype::I8 | Dtype::I16 | Dtype::I32 | Dtype::I64 => {
                whole.push((name, view.dtype()));
                continue;
            }
            found => {
                return Err(Flaw::ElementType {
                    tensor: name,
                    found: format!("{found:?}"),
                });
            }
        };
        let tensor = HostTensor {
            shape: view.shape().to_vec(),
            values: element.all(view.data()),
        };
        tensors.insert(name, tensor);
    }
    let skipped = match whole.first() {
        Some((tensor, found)) if tensors.is_empty() => {
            return Err(Flaw::ElementType {
                tensor: tensor.clone(),
                found: format!("{found:?}"),
            });
        }
        Some((first, _)) => vec![match whole.len() {
            1 => format!("a tensor of whole numbers: `{}`", shown(first)),
            n => format!("{n} tensors of whole numbers: `{}` …", shown(first)),
        }],
        None => Vec::new(),
    };
    Ok(Content {
        weights: Weights { tensors },
        metadata,
        skipped,
        is_part: false,
    })
}

impl Weights {
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
        let views = self.tensors.iter().map(|(path, tensor)| {
            let len: usize = tensor.shape.iter().product();
            assert_eq!(tensor.values.len(), len, "as many values as the shape says");
            let view = Encoded {
                tensor,
                dtype,
                to_bytes: &to_bytes,
            };
            (path.as_str(), view)
        });
        let metadata = metadata.map(|(key, text)| [(key.to_string(), text)].into());
        safetensors::serialize(views, metadata).expect("tensors of a few dimensions have a header")
    }
}

/// A tensor that becomes bytes when it is written: never more than one of a file.
struct Encoded<'a, F> {
    tensor: &'a HostTensor,
    dtype: Dtype,
    to_bytes: &'a F,
}

impl<const N: usize, F: Fn(f32) -> [u8; N]> View for Encoded<'_, F> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.tensor.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let values = self.tensor.values.iter();
        values.flat_map(|v| (self.to_bytes)(*v)).collect()
    }

    fn data_len(&self) -> usize {
        N * self.tensor.values.len()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::WeightsError;

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
        let bytes = weights().to_bytes(Some(("about", "drawn by hand".to_string())));
        let file = Weights::from_bytes(&bytes, Path::new("w.safetensors")).unwrap();
        assert_eq!(file.weights, weights());
        assert_eq!(file.metadata["about"], "drawn by hand");
        assert_eq!(
            file.weights
                .to_bytes(Some(("about", "drawn by hand".to_string()))),
            bytes
        );
    }

    /// The reader's map would keep the last of the two, and others the first.
    #[test]
    fn a_name_that_is_there_twice_is_refused() {
        let tensor = r#"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#;
        for header in [
            format!(r#"{{"w":{tensor},"w":{tensor}}}"#),
            format!(r#"{{"__metadata__":{{"w":"1","w":"2"}},"v":{tensor}}}"#),
        ] {
            let length = (header.len() as u64).to_le_bytes();
            let bytes = [&length[..], header.as_bytes(), &[0; 4]].concat();
            let error = Weights::from_bytes(&bytes, Path::new("twice.safetensors")).unwrap_err();
            let message = error.to_string();
            assert!(message.contains("twice.safetensors"), "{message}");
            assert!(message.contains("the name `w` is there twice"), "{message}");
        }
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
