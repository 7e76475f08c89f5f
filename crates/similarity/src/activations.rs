//! Where activations come from: anything that can be read again, by image.

use std::ops::Range;

/// Extents of a layer's activations; vectors are maps of one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MapShape {
    /// Images.
    pub images: usize,
    /// Rows of a map.
    pub height: usize,
    /// Columns of a map.
    pub width: usize,
    /// Channels.
    pub channels: usize,
}

impl MapShape {
    /// Positions of a map, `height · width`.
    pub fn positions(&self) -> usize {
        self.height * self.width
    }

    /// Values of one image, `height · width · channels`.
    pub fn features(&self) -> usize {
        self.positions() * self.channels
    }
}

/// Values in the precision they are stored in; `f64` is never narrowed.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// `f32`, and everything narrower.
    Single(Vec<f32>),
    /// `f64`, and integers wider than 24 bits.
    Double(Vec<f64>),
}

/// Activations cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {place}: {reason}")]
pub struct ReadError {
    /// File and array.
    pub place: String,
    /// What was expected and what was found.
    pub reason: String,
}

/// The activations of one layer of one network on a fixed list of images.
pub trait Activations: Sync {
    /// Extents.
    fn shape(&self) -> MapShape;

    /// Reads the images of `range` into `into`, replacing what is there, as
    /// `[images, height, width, channels]`, channels fastest. The variant of `into` becomes that
    /// of the source, the same at every call.
    fn read(&self, range: Range<usize>, into: &mut Values) -> Result<(), ReadError>;

    /// Reads `features` (of `0..shape().features()`, in any order that is the same for every
    /// image) of the images of `range`, as `[images, features]`.
    fn read_features(
        &self,
        range: Range<usize>,
        features: Range<usize>,
        into: &mut Values,
    ) -> Result<(), ReadError>;
}

/// Activations in memory, `[images, height, width, channels]`, channels fastest.
#[derive(Clone, Debug)]
pub struct Memory {
    shape: MapShape,
    values: Vec<f32>,
}

impl Memory {
    /// Takes `values` of `shape`; an error if their number does not fit it.
    pub fn new(shape: MapShape, values: Vec<f32>) -> Result<Self, ReadError> {
        if shape.images.checked_mul(shape.features()) == Some(values.len()) {
            return Ok(Self { shape, values });
        }
        Err(ReadError {
            place: "activations in memory".into(),
            reason: format!("expected values for {shape:?}, found {}", values.len()),
        })
    }

    /// The values, `[images, height, width, channels]`.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

impl Activations for Memory {
    fn shape(&self) -> MapShape {
        self.shape
    }

    fn read(&self, range: Range<usize>, into: &mut Values) -> Result<(), ReadError> {
        self.read_features(range, 0..self.shape.features(), into)
    }

    fn read_features(
        &self,
        range: Range<usize>,
        features: Range<usize>,
        into: &mut Values,
    ) -> Result<(), ReadError> {
        let mut values = match std::mem::replace(into, Values::Single(Vec::new())) {
            Values::Single(values) => values,
            Values::Double(_) => Vec::new(),
        };
        values.clear();
        for image in range {
            let start = image * self.shape.features();
            values.extend_from_slice(&self.values[start + features.start..start + features.end]);
        }
        *into = Values::Single(values);
        Ok(())
    }
}
