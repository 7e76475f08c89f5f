//! Features that another program made, as they are written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use embeddings::{Asked, Embeddings};
use images::{Dataset, Partition};
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::error::StudyError;
use super::planned::PlannedData;

/// A file of features, alone or with what is taken of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureEntry {
    /// A path relative to the configuration.
    pub file: PathBuf,
    /// What is taken of it.
    pub asked: Asked,
}

impl<'de> Deserialize<'de> for FeatureEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            file: PathBuf,
            ids: Option<String>,
            layers: Option<Vec<String>>,
        }
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = FeatureEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(
                    "a .npz file or a table, or { file = \"…\", ids = \"…\", layers = [\"…\"] }",
                )
            }
            fn visit_str<E: de::Error>(self, file: &str) -> Result<FeatureEntry, E> {
                Ok(FeatureEntry {
                    file: file.into(),
                    asked: Asked::default(),
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FeatureEntry, A::Error> {
                let Table { file, ids, layers } =
                    Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FeatureEntry {
                    file,
                    asked: Asked { ids, layers },
                })
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// Reads every file, and sees that each picture of the study has its row.
pub(crate) fn read_all(
    entries: &BTreeMap<String, FeatureEntry>,
    base: &Path,
    models: &[&str],
    dataset: &Dataset,
    data: &PlannedData,
) -> Result<BTreeMap<String, Arc<Embeddings>>, StudyError> {
    let mut read = BTreeMap::new();
    for (name, entry) in entries {
        check_name(name, models)?;
        let refused = |source| StudyError::Features {
            name: name.clone(),
            source,
        };
        let path = base.join(&entry.file);
        let features = embeddings::read(&path, &entry.asked).map_err(refused)?;
        let pictures = Partition::ALL.into_iter().flat_map(|p| data.partition(p));
        let pictures: Vec<&str> = pictures
            .map(|example| &*dataset.examples[*example].id)
            .collect();
        features.rows(&pictures).map_err(refused)?;
        read.insert(name.clone(), Arc::new(features));
    }
    Ok(read)
}

/// A name becomes part of a folder's, and stands in tables where networks stand.
fn check_name(name: &str, models: &[&str]) -> Result<(), StudyError> {
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(is_sign)
        && name.len() <= 64;
    if is_plain && !models.contains(&name) {
        return Ok(());
    }
    Err(StudyError::Value {
        field: "probe.features",
        expected: "a name of 1 to 64 letters, digits, - _ and ., which no network of the grid has"
            .into(),
        found: format!("`{name}`"),
    })
}
