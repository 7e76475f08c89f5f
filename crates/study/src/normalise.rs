//! Where the scaling of pixels comes from.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

/// What can be written.
const WORDS: [&str; 3] = ["weights", "data", "none"];

/// Where the scaling of pixel values comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Normalise {
    /// What a model's pretrained weights were trained with, for all its arms; the training
    /// partition where it has no weights.
    #[default]
    Weights,
    /// Mean and standard deviation of the training partition.
    Data,
    /// Pixel values in [0, 1] as they are.
    None,
}

impl<'de> Deserialize<'de> for Normalise {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl<'de> Visitor<'de> for Word {
            type Value = Normalise;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("\"weights\", \"data\" or \"none\"")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Normalise, E> {
                match word {
                    "weights" => Ok(Normalise::Weights),
                    "data" => Ok(Normalise::Data),
                    "none" => Ok(Normalise::None),
                    _ => Err(E::unknown_variant(word, &WORDS)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Normalise, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Err(de::Error::custom(
                    "expected \"weights\", \"data\" or \"none\", found a table; mean and std belong to the weights that \
                     were made with them: `transfusion weights convert FILE --to FILE.safetensors --mean … --std …` \
                     writes them on the card, where \"weights\" finds them",
                ))
            }
        }
        deserializer.deserialize_any(Word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Written {
        normalise: Normalise,
    }

    #[test]
    fn words_are_read_and_tables_told_where_they_belong() {
        let read = |text: &str| toml::from_str::<Written>(text);
        let all = [Normalise::Weights, Normalise::Data, Normalise::None];
        for (word, expected) in WORDS.into_iter().zip(all) {
            let found = read(&format!("normalise = {word:?}")).expect("a word");
            assert_eq!(found.normalise, expected);
        }
        let error = read("normalise = \"imagenet\"")
            .expect_err("no word")
            .to_string();
        assert!(error.contains("unknown variant `imagenet`"), "{error}");
        let error = read("normalise = { mean = [0.5], std = [0.2] }").expect_err("a table");
        assert!(error.to_string().contains("weights convert"), "{error}");
    }
}
