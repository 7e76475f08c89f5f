//! Rows and columns of a picture.

use std::fmt;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Rows and columns of a picture, in pixels. A square is written as one number, anything else as
/// `[rows, columns]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Size {
    /// As many rows as columns.
    pub const fn square(edge: usize) -> Self {
        Self {
            height: edge,
            width: edge,
        }
    }

    /// Pixels in all.
    pub const fn pixels(self) -> usize {
        self.height * self.width
    }

    /// Whether it has as many rows as columns.
    pub const fn is_square(self) -> bool {
        self.height == self.width
    }

    /// The shorter side, in pixels.
    pub fn shorter(self) -> usize {
        self.height.min(self.width)
    }

    /// Columns by rows.
    pub fn aspect(self) -> f64 {
        self.width as f64 / self.height as f64
    }
}

impl From<usize> for Size {
    fn from(edge: usize) -> Self {
        Self::square(edge)
    }
}

/// `224` or `224×320`: rows by columns.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.is_square() {
            true => write!(f, "{}", self.height),
            false => write!(f, "{}×{}", self.height, self.width),
        }
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.is_square() {
            true => self.height.serialize(serializer),
            false => [self.height, self.width].serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Size;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number of pixels such as 224, or [rows, columns] such as [224, 320]")
            }

            fn visit_u64<E: de::Error>(self, edge: u64) -> Result<Size, E> {
                let edge = usize::try_from(edge);
                let unexpected = |_| E::invalid_value(de::Unexpected::Other("that many"), &self);
                edge.map(Size::square).map_err(unexpected)
            }

            fn visit_i64<E: de::Error>(self, edge: i64) -> Result<Size, E> {
                match u64::try_from(edge) {
                    Ok(edge) => self.visit_u64(edge),
                    Err(_) => Err(E::invalid_value(de::Unexpected::Signed(edge), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sides: A) -> Result<Size, A::Error> {
                let mut found = 0;
                let mut next = || -> Result<Option<usize>, A::Error> {
                    let side = sides.next_element()?;
                    found += usize::from(side.is_some());
                    Ok(side)
                };
                match (next()?, next()?, next()?) {
                    (Some(height), Some(width), None) => Ok(Size { height, width }),
                    _ => Err(de::Error::invalid_length(found, &Written)),
                }
            }
        }
        deserializer.deserialize_any(Written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_one_number() {
        let wide = Size {
            height: 224,
            width: 320,
        };
        for (size, text) in [(Size::square(224), "224"), (wide, "[224,320]")] {
            assert_eq!(serde_json::to_string(&size).unwrap(), text);
            assert_eq!(serde_json::from_str::<Size>(text).unwrap(), size);
        }
        assert_eq!(wide.to_string(), "224×320");
        for wrong in ["[224]", "[1,2,3]", "\"224\"", "-8", "[]"] {
            let error = serde_json::from_str::<Size>(wrong).unwrap_err().to_string();
            assert!(error.contains("[rows, columns]"), "{wrong}: {error}");
        }
    }
}
