//! How much is left out, as a study writes it.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands for the share that a network's authors had.
const ORIGINAL: &str = "original";

/// A share that is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// What the authors of the network had, each network its own.
    Original,
    /// In [0, 1).
    Of(f64),
}

impl Share {
    /// The share, where the authors had `original`.
    pub fn or(self, original: f64) -> f64 {
        match self {
            Self::Original => original,
            Self::Of(share) => share,
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Original => f.write_str(ORIGINAL),
            Self::Of(share) => share.fmt(f),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Original => serializer.serialize_str(ORIGINAL),
            Self::Of(share) => serializer.serialize_f64(*share),
        }
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Share;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("\"original\" or a number from 0 to below 1")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Share, E> {
                match word {
                    ORIGINAL => Ok(Share::Original),
                    _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
                }
            }
            fn visit_f64<E: de::Error>(self, share: f64) -> Result<Share, E> {
                Ok(Share::Of(share))
            }
            fn visit_i64<E: de::Error>(self, share: i64) -> Result<Share, E> {
                Ok(Share::Of(share as f64))
            }
            fn visit_u64<E: de::Error>(self, share: u64) -> Result<Share, E> {
                Ok(Share::Of(share as f64))
            }
        }
        deserializer.deserialize_any(Written)
    }
}
