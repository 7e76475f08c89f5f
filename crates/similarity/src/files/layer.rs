//! The activations of a layer in an array.

use std::io;
use std::ops::Range;

use super::array::{Array, Number, StoredArray};
use super::axes::{Axes, AxesError, Role};
use super::transposition::transpose;
use crate::{Activations, MapShape, ReadError, Values};

/// An array, in a file unless it is another, with the meaning of its axes.
#[derive(Clone, Debug)]
pub struct Layer<A = StoredArray> {
    array: A,
    shape: MapShape,
    /// Axes of one image as they lie in the file, slowest first: extent, and values between
    /// neighbours in `[height, width, channels]`.
    stored: Vec<(usize, usize)>,
    /// Whether the values of one image lie together, and not the images of one value.
    is_image_slowest: bool,
}

impl<A: Array> Layer<A> {
    /// Reads `array` with `axes`; an error if it has another number of axes or is empty.
    pub fn new(array: A, axes: Axes) -> Result<Self, AxesError> {
        let roles = axes.roles();
        if array.shape().len() != roles.len() {
            return Err(AxesError::NamedForNone {
                axes,
                count: roles.len(),
                place: array.place().into(),
                shape: array.shape().into(),
            });
        }
        if array.shape().contains(&0) {
            return Err(AxesError::Unreadable {
                place: array.place().into(),
                found: format!("the shape {:?}", array.shape()),
                expected: "at least one value along every axis".into(),
            });
        }
        let extent = |role| {
            let axis = roles.iter().position(|&found| found == role);
            axis.map_or(1, |axis| array.shape()[axis])
        };
        let shape = MapShape {
            images: extent(Role::Images),
            height: extent(Role::Height),
            width: extent(Role::Width),
            channels: extent(Role::Channels),
        };
        let mut axes: Vec<(Role, usize)> = roles
            .iter()
            .copied()
            .zip(array.shape().iter().copied())
            .collect();
        if array.is_fortran() {
            axes.reverse();
        }
        let is_image_slowest = axes[0].0 == Role::Images;
        let stored = axes
            .into_iter()
            .filter_map(|(role, extent)| match role {
                Role::Images => None,
                Role::Height => Some((extent, shape.width * shape.channels)),
                Role::Width => Some((extent, shape.channels)),
                Role::Channels => Some((extent, 1)),
            })
            .collect();
        Ok(Self {
            array,
            shape,
            stored,
            is_image_slowest,
        })
    }

    /// The array.
    pub fn array(&self) -> &A {
        &self.array
    }

    /// Whether the values of an image lie in the file as they are asked for.
    fn is_in_order(&self) -> bool {
        let mut pitch = 1;
        self.is_image_slowest
            && self.stored.iter().rev().all(|&(extent, stride)| {
                let is_dense = extent == 1 || stride == pitch;
                pitch *= extent;
                is_dense
            })
    }

    fn images<T: Number>(&self, range: Range<usize>, into: &mut Vec<T>) -> io::Result<()> {
        let features = self.shape.features();
        if self.is_in_order() {
            return self.array.append_box(range, 0..features, features, into);
        }
        let count = range.len();
        let mut stored = Vec::new();
        let (mut extents, mut strides): (Vec<usize>, Vec<usize>) =
            self.stored.iter().copied().unzip();
        if self.is_image_slowest {
            self.array
                .append_box(range, 0..features, features, &mut stored)?;
            extents.insert(0, count);
            strides.insert(0, features);
        } else {
            let images = self.shape.images;
            self.array
                .append_box(0..features, range, images, &mut stored)?;
            extents.push(count);
            strides.push(features);
        }
        into.resize(stored.len(), T::default());
        transpose(&stored, &extents, &strides, into);
        Ok(())
    }

    fn features<T: Number>(
        &self,
        range: Range<usize>,
        features: Range<usize>,
        into: &mut Vec<T>,
    ) -> io::Result<()> {
        if self.is_image_slowest {
            let row_length = self.shape.features();
            return self.array.append_box(range, features, row_length, into);
        }
        let extents = [features.len(), range.len()];
        let mut stored = Vec::new();
        self.array
            .append_box(features, range, self.shape.images, &mut stored)?;
        into.resize(stored.len(), T::default());
        transpose(&stored, &extents, &[1, extents[0]], into);
        Ok(())
    }

    /// Empties `into`, lets `single` or `double` fill it, and says where reading failed.
    fn fill(
        &self,
        asked: (&Range<usize>, &Range<usize>),
        into: &mut Values,
        single: impl FnOnce(&mut Vec<f32>) -> io::Result<()>,
        double: impl FnOnce(&mut Vec<f64>) -> io::Result<()>,
    ) -> Result<(), ReadError> {
        let (range, features) = asked;
        let is_within =
            |asked: &Range<usize>, all: usize| asked.start <= asked.end && asked.end <= all;
        if !is_within(range, self.shape.images) || !is_within(features, self.shape.features()) {
            return Err(ReadError {
                place: self.array.place().into(),
                reason: format!(
                    "images {range:?} and features {features:?} were asked for, but there are {} \
                     and {}",
                    self.shape.images,
                    self.shape.features()
                ),
            });
        }
        let taken = std::mem::replace(into, Values::Single(Vec::new()));
        let read = if self.array.fits_single() {
            let mut values = match taken {
                Values::Single(values) => values,
                Values::Double(_) => Vec::new(),
            };
            values.clear();
            let read = single(&mut values);
            let row = not_finite(&values, range, features);
            *into = Values::Single(values);
            read.map(|()| row)
        } else {
            let mut values = match taken {
                Values::Double(values) => values,
                Values::Single(_) => Vec::new(),
            };
            values.clear();
            let read = double(&mut values);
            let row = not_finite(&values, range, features);
            *into = Values::Double(values);
            read.map(|()| row)
        };
        let refuse = |reason| ReadError {
            place: self.array.place().into(),
            reason,
        };
        let row = read.map_err(|error| {
            refuse(match error.kind() {
                io::ErrorKind::UnexpectedEof => {
                    "the file was shortened after it was opened; write it again, completely".into()
                }
                _ => error.to_string(),
            })
        })?;
        match row {
            None => Ok(()),
            Some(row) => Err(refuse(format!(
                "expected finite numbers, found one in row {row} (image {row}, from 0) that is \
                 infinite or not a number; record the activations of that image again, or leave it \
                 out on both sides"
            ))),
        }
    }
}

/// The first image of `range` with a value that is infinite or not a number; `values` are
/// `[images, features]`.
fn not_finite<T: Number>(
    values: &[T],
    range: &Range<usize>,
    features: &Range<usize>,
) -> Option<usize> {
    let place = values.iter().position(|value| !value.is_finite())?;
    Some(range.start + place / features.len().max(1))
}

impl<A: Array> Activations for Layer<A> {
    fn shape(&self) -> MapShape {
        self.shape
    }

    fn read(&self, range: Range<usize>, into: &mut Values) -> Result<(), ReadError> {
        self.fill(
            (&range, &(0..self.shape.features())),
            into,
            |values| self.images(range.clone(), values),
            |values| self.images(range.clone(), values),
        )
    }

    fn read_features(
        &self,
        range: Range<usize>,
        features: Range<usize>,
        into: &mut Values,
    ) -> Result<(), ReadError> {
        self.fill(
            (&range, &features),
            into,
            |values| self.features(range.clone(), features.clone(), values),
            |values| self.features(range.clone(), features.clone(), values),
        )
    }
}
