//! `range` as written.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

/// Which samples are black and white, as written under `[data]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WrittenRange {
    /// What the depth of the files holds.
    Full,
    /// From the smallest to the largest sample of the training pictures.
    Used,
    /// These two samples.
    Between([f32; 2]),
}

impl<'de> Deserialize<'de> for WrittenRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = WrittenRange;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("\"full\", \"used\", or [low, high] such as [0, 4095]")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<WrittenRange, E> {
                match word {
                    "full" => Ok(WrittenRange::Full),
                    "used" => Ok(WrittenRange::Used),
                    _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut ends: A) -> Result<WrittenRange, A::Error> {
                let mut next = || ends.next_element::<f32>();
                match (next()?, next()?, next()?) {
                    (Some(low), Some(high), None) if low < high && (high - low).is_finite() => {
                        Ok(WrittenRange::Between([low, high]))
                    }
                    (low, high, _) => {
                        let found = format!(
                            "{:?}",
                            [low, high].into_iter().flatten().collect::<Vec<_>>()
                        );
                        Err(de::Error::invalid_value(
                            de::Unexpected::Other(&found),
                            &Written,
                        ))
                    }
                }
            }
        }
        deserializer.deserialize_any(Written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<WrittenRange, String> {
        #[derive(serde::Deserialize)]
        struct Data {
            range: WrittenRange,
        }
        let data = toml::from_str::<Data>(&format!("range = {text}"));
        data.map(|data| data.range).map_err(|e| e.to_string())
    }

    #[test]
    fn words_and_pairs_are_read_and_nothing_else() {
        assert_eq!(parse("\"full\""), Ok(WrittenRange::Full));
        assert_eq!(parse("\"used\""), Ok(WrittenRange::Used));
        let window = WrittenRange::Between([-1000.0, 400.0]);
        assert_eq!(parse("[-1000, 400.0]"), Ok(window));
        for wrong in [
            "\"all\"",
            "[1]",
            "[2, 1]",
            "[1, 1]",
            "[0, 1, 2]",
            "[nan, 1]",
            "[-inf, inf]",
        ] {
            let error = parse(wrong).unwrap_err();
            assert!(error.contains("[low, high]"), "{wrong}: {error}");
        }
    }
}
