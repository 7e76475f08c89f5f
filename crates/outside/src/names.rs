//! JSON whose names occur once.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Letters of a name that an error shows.
const SHOWN: usize = 80;

/// Refuses JSON that is damaged, or in which an object has a name twice. Readers disagree on which of
/// the two counts, so that two programs would take such a file for different things.
///
/// ```
/// assert!(outside::check_names(br#"{"a": 1, "b": {"a": 2}}"#).is_ok());
/// let error = outside::check_names(br#"[{"a": 1, "a": 2}]"#).expect_err("`a` twice");
/// assert!(error.to_string().starts_with("the name `a` is there twice"));
/// ```
pub fn check_names(json: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<Unique>(json).map(|Unique| ())
}

/// Any value whose objects have every name once.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Unique)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Unique>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if seen.contains(&name) {
                map.next_value::<IgnoredAny>()?;
                let shown: String = name.escape_debug().take(SHOWN).collect();
                return Err(A::Error::custom(format!(
                    "the name `{shown}` is there twice"
                )));
            }
            seen.insert(name);
            map.next_value::<Unique>()?;
        }
        Ok(self)
    }
}
