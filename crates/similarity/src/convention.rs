//! What a datapoint is, where activations are maps.

use std::fmt;

/// How maps `[images, height, width, channels]` become datapoints.
///
/// The conventions give very different numbers on the same activations, so every number names its
/// own.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Convention {
    /// Every position of every image is a datapoint of `channels` dimensions: the convention of
    /// the CCA papers. Positions of one image are not independent of each other.
    Spatial,
    /// Every image is a datapoint of `height · width · channels` dimensions: the convention of
    /// the CKA papers.
    Flattened,
    /// Every image is a datapoint of `channels` dimensions, their means over the positions.
    Pooled,
}

impl Convention {
    /// As written in a study and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spatial => "spatial",
            Self::Flattened => "flattened",
            Self::Pooled => "pooled",
        }
    }
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}
