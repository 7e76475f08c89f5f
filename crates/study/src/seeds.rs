//! `seeds` of `[grid]`: a number, or as many as it takes.

use std::fmt;

use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::bounds;
use super::error::StudyError;

/// How many seeds every arm is trained with, from seed 0 on, the same in every arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeds {
    /// So many.
    Count(u64),
    /// At least `from`, then more until every comparison is decided or not expected to be, at most
    /// `to`.
    UntilDecided {
        /// Seeds before the first look, 3 or more.
        from: u64,
        /// Most seeds, more than `from`, at most 100.
        to: u64,
    },
}

impl Seeds {
    /// Most seeds of an arm.
    pub fn most(self) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::UntilDecided { to, .. } => to,
        }
    }

    /// Numbers of seeds after which it is looked whether more are needed, rising by about a third to
    /// the most; none where the number is given.
    pub fn looks(self) -> Vec<usize> {
        let Self::UntilDecided { from, to } = self else {
            return Vec::new();
        };
        let next = |seeds: &u64| seeds.checked_add(seeds.div_ceil(3).max(1));
        let before_last = std::iter::successors(Some(from), next).take_while(|seeds| *seeds < to);
        before_last
            .chain([to])
            .map(|seeds| seeds as usize)
            .collect()
    }

    /// Refuses looks that could decide nothing, or without end.
    pub(crate) fn check(self) -> Result<(), StudyError> {
        match self {
            Self::Count(count) => bounds::SEEDS.whole(count),
            Self::UntilDecided { from, to } => {
                let (least, most) = (bounds::SEEDS_FROM, bounds::SEEDS_TO);
                let is_within = least.holds(from as f64) && most.holds(to as f64);
                match is_within && from < to {
                    true => Ok(()),
                    false => Err(StudyError::Value {
                        field: "grid.seeds",
                        expected: format!("{} ≤ from < to ≤ {}", least.least, most.most),
                        found: format!("{{ from = {from}, to = {to} }}"),
                    }),
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Seeds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            from: u64,
            to: u64,
        }
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Seeds;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a whole number, or { from = …, to = … }")
            }
            fn visit_i64<E: de::Error>(self, count: i64) -> Result<Seeds, E> {
                let unexpected = || E::invalid_value(de::Unexpected::Signed(count), &self);
                u64::try_from(count)
                    .map(Seeds::Count)
                    .map_err(|_| unexpected())
            }
            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Seeds, E> {
                Ok(Seeds::Count(count))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Seeds, A::Error> {
                let Table { from, to } = Table::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Seeds::UntilDecided { from, to })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_grow_by_a_third() {
        let looks = |from, to| Seeds::UntilDecided { from, to }.looks();
        assert_eq!(looks(3, 20), [3, 4, 6, 8, 11, 15, 20]);
        assert_eq!(looks(3, 6), [3, 4, 6]);
        assert_eq!(looks(5, 6), [5, 6]);
        assert!(Seeds::Count(5).looks().is_empty());
        for (from, to) in [(2, 5), (5, 5), (3, 101)] {
            assert!(Seeds::UntilDecided { from, to }.check().is_err());
        }
        assert!(Seeds::UntilDecided { from: 3, to: 100 }.check().is_ok());
    }
}
