//! The tensors of a file while it is read.

use std::collections::BTreeMap;

use hdf5_file::{Hdf5Error, Object};

use crate::content::Content;
use crate::error::{Flaw, listed, shown};
use crate::host::{HostTensor, Weights};

#[derive(Default)]
pub(super) struct Collected {
    tensors: BTreeMap<String, HostTensor>,
    /// Arrays of something else than floating-point numbers.
    whole: Vec<String>,
    pub(super) skipped: Vec<String>,
}

impl Collected {
    /// Takes an array as `name`, or where there is one of that name already as `path`.
    pub(super) fn take(&mut self, name: String, path: &str, array: &Object) -> Result<(), Flaw> {
        let read = || {
            let dataset = array.dataset()?;
            Ok((dataset.shape().to_vec(), dataset.values()?))
        };
        let (shape, values) = match read() {
            Ok(read) => read,
            Err(Hdf5Error::ElementType(found)) if found.starts_with("whole numbers") => {
                self.whole.push(shown(path));
                return Ok(());
            }
            Err(Hdf5Error::ElementType(found)) => {
                return Err(Flaw::ElementType {
                    tensor: shown(path),
                    found,
                });
            }
            Err(Hdf5Error::Damaged(reason)) => {
                return Err(Flaw::Damaged(format!("`{}`: {reason}", shown(path))));
            }
            Err(error) => return Err(error.into()),
        };
        let shape = shape.iter().map(|extent| usize::try_from(*extent));
        let shape = shape.collect::<Result<_, _>>().map_err(Flaw::damaged)?;
        let name = match self.tensors.contains_key(&name) {
            true => path.into(),
            false => name,
        };
        let tensor = HostTensor { shape, values };
        match self.tensors.insert(name, tensor) {
            None => Ok(()),
            Some(_) => Err(Flaw::Damaged(format!("two tensors `{}`", shown(path)))),
        }
    }

    pub(super) fn content(mut self) -> Result<Content, Flaw> {
        if self.tensors.is_empty() {
            return Err(Flaw::NoStateDict(match self.whole.is_empty() {
                true => "an HDF5 file without arrays".into(),
                false => format!("whole numbers alone: {}", listed(&self.whole)),
            }));
        }
        if !self.whole.is_empty() {
            let names = listed(&self.whole);
            self.skipped
                .push(format!("tensors of whole numbers: {names}"));
        }
        Ok(Content {
            weights: Weights {
                tensors: self.tensors,
            },
            skipped: self.skipped,
            ..Content::default()
        })
    }
}
