//! Entries of the grid: each a plain word, a number, or a small table.

use std::fmt;

use nets::initialisation::Initialisation;
use nets::zoo::Choice;
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

/// A network by name, or with options: `{ name = "resnet18", stem = "small" }`.
#[derive(Clone, Debug)]
pub struct ModelEntry(pub Choice);

impl<'de> Deserialize<'de> for ModelEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = ModelEntry;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a network name, or { name = \"…\", padding = \"…\", stem = \"…\" }")
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
