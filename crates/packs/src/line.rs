//! A line of the index: one picture.

use formats::Reading;
use images::{Depth, Example, Label, Partition, Size, Stored};
use serde::{Deserialize, Serialize};

use crate::samples::Shape;

/// One picture: what is known of it, and where it lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    id: String,
    label: Label,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patient: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partition: Option<Partition>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    test_set: Option<usize>,
    /// SHA-256 of its content before it was packed; none where that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    /// What lies in the pack.
    pub(crate) kind: Kind,
    /// Where; none where nothing of it is packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) block: Option<Place>,
}

/// What lies in the pack of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// The bytes of its file, and how they are read.
    File(Reading),
    /// Its samples at the stored size.
    Samples(Shape),
    /// A note, then its framed samples.
    Framed(Framed),
    /// Nothing: it could not be read, for this reason.
    Unreadable(String),
}

/// A framed picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Framed {
    /// Bytes of the note.
    pub(crate) note: u64,
    /// Of the framed samples.
    pub(crate) shape: Shape,
    /// Rows and columns before framing.
    size: Size,
    /// Channels before framing.
    channels: usize,
    /// Samples before framing.
    depth: Depth,
    /// Bits of the smallest and largest sample before framing: they may be infinite.
    extremes: [u32; 2],
}

/// Where a block lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// Number of the file of samples.
    pub(crate) file: u32,
    /// First byte.
    pub(crate) start: u64,
    /// Bytes.
    pub(crate) bytes: u64,
    /// Of these bytes.
    pub(crate) sha256: String,
}

impl Framed {
    pub(crate) fn new(note: usize, shape: Shape, stored: &Stored) -> Self {
        Self {
            note: note as u64,
            shape,
            size: stored.size,
            channels: stored.channels,
            depth: stored.depth,
            extremes: stored.extremes.map(f32::to_bits),
        }
    }

    pub(crate) fn stored(&self) -> Stored {
        Stored {
            size: self.size,
            channels: self.channels,
            depth: self.depth,
            extremes: self.extremes.map(f32::from_bits),
        }
    }
}

impl Line {
    pub(crate) fn new(example: &Example, content: Option<String>, kind: Kind) -> Self {
        let example = example.clone();
        Self {
            id: example.id,
            label: example.label,
            patient: example.patient,
            partition: example.partition,
            attributes: example.attributes,
            test_set: example.test_set,
            content,
            kind,
            block: None,
        }
    }

    /// What is known of the picture, and where it lies.
    pub(crate) fn parts(self) -> (Example, Option<String>, Kind, Option<Place>) {
        let example = Example {
            id: self.id,
            label: self.label,
            patient: self.patient,
            partition: self.partition,
            attributes: self.attributes,
            test_set: self.test_set,
        };
        (example, self.content, self.kind, self.block)
    }
}
