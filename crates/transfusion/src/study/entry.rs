//! Entries of the grid: each a plain word, a number, or a small table.

use std::fmt;
use std::path::PathBuf;

use nets::initialisation::Initialisation;
use nets::zoo::Choice;
use nets::{Allowance, Pattern};
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

/// A network by name, or with options: `{ name = "resnet18", stem = "small" }`,
/// `{ name = "resnet50", slim = "block2" }`.
#[derive(Clone, Debug)]
pub struct ModelEntry(pub Choice);

impl<'de> Deserialize<'de> for ModelEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = ModelEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a network name, or { name = \"…\", padding = \"…\", stem = \"…\", variant = \"…\", auxiliary = …, slim = \"<block>\", divide = …, truncate = \"<block>\" }")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<ModelEntry, E> {
                Ok(ModelEntry(Choice::named(name)))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ModelEntry, A::Error> {
                Choice::deserialize(MapAccessDeserializer::new(map)).map(ModelEntry)
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// Pretrained weights: a file, the name of known weights, or `builtin:` and a name; alone or with
/// what may be wrong with them.
#[derive(Clone, Debug)]
pub struct WeightsEntry {
    /// A path relative to the configuration, or a name.
    pub file: PathBuf,
    /// Tensors that may be missing, unexpected or of another shape.
    pub allowance: Allowance,
}

impl<'de> Deserialize<'de> for WeightsEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            file: PathBuf,
            #[serde(default)]
            allow_missing: Vec<Pattern>,
            #[serde(default)]
            allow_unexpected: Vec<Pattern>,
            #[serde(default)]
            allow_mismatched: Vec<Pattern>,
        }
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = WeightsEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a file or the name of known weights, or { file = \"…\", allow_unexpected = [\"…\"] }")
            }
            fn visit_str<E: de::Error>(self, file: &str) -> Result<WeightsEntry, E> {
                Ok(WeightsEntry {
                    file: file.into(),
                    allowance: Allowance::default(),
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WeightsEntry, A::Error> {
                let table = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(WeightsEntry {
                    file: table.file,
                    allowance: Allowance {
                        missing: table.allow_missing,
                        unexpected: table.allow_unexpected,
                        mismatched: table.allow_mismatched,
                    },
                })
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// An initialisation by name, or `{ transfuse = "block2" }`.
#[derive(Clone, Debug)]
pub struct InitEntry(pub Initialisation);

/// Names that `init` takes.
pub const INIT_NAMES: [&str; 3] = ["random", "mean-var", "transfer"];

impl<'de> Deserialize<'de> for InitEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = InitEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("\"random\", \"mean-var\", \"transfer\" or { transfuse = \"<block>\" }")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<InitEntry, E> {
                match name {
                    "random" => Ok(InitEntry(Initialisation::random())),
                    "mean-var" => Ok(InitEntry(Initialisation::mean_var())),
                    "transfer" => Ok(InitEntry(Initialisation::transfer())),
                    _ => Err(E::unknown_variant(name, &INIT_NAMES)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<InitEntry, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Transfuse {
                    transfuse: String,
                }
                let entry = Transfuse::deserialize(MapAccessDeserializer::new(map))?;
                Ok(InitEntry(Initialisation::transfuse(&entry.transfuse)))
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// How many training pictures an arm uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainSize {
    /// The whole training partition.
    All,
    /// A nested, stratified subset of so many pictures.
    Count(usize),
}

impl<'de> Deserialize<'de> for TrainSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Size;
        impl Visitor<'_> for Size {
            type Value = TrainSize;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number of training pictures of at least 2, or \"all\"")
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<TrainSize, E> {
                match usize::try_from(n) {
                    Ok(n) if n >= 2 => Ok(TrainSize::Count(n)),
                    _ => Err(E::invalid_value(de::Unexpected::Signed(n), &self)),
                }
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<TrainSize, E> {
                match word {
                    "all" => Ok(TrainSize::All),
                    _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
                }
            }
        }
        deserializer.deserialize_any(Size)
    }
}
