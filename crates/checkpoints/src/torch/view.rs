//! Tensors as views of storages, made contiguous.

use super::value::Tensor;
use crate::element::Element;
use crate::error::Flaw;
use crate::host::HostTensor;

impl Tensor<'_> {
    /// The number of elements, if the view stays inside its storage and holds no more elements
    /// than it.
    pub(super) fn count(&self) -> Result<usize, String> {
        let storage = self.storage.count;
        let count = self.shape.iter().try_fold(1usize, |n, d| n.checked_mul(*d));
        if count == Some(0) {
            return Ok(0);
        }
        let mut steps = self.shape.iter().zip(&self.stride);
        let last = steps.try_fold(self.offset, |last, (extent, stride)| {
            last.checked_add((extent - 1).checked_mul(*stride)?)
        });
        match (count, last) {
            (Some(count), Some(last)) if last < storage && count <= storage => Ok(count),
            _ => Err(format!(
                "shape {:?} with strides {:?} from {} is outside its storage of {storage} elements",
                self.shape, self.stride, self.offset
            )),
        }
    }

    /// Row-major float32; `storage` holds the bytes of the whole storage and `count` was checked.
    pub(super) fn read(
        &self,
        element: Element,
        storage: &[u8],
        count: usize,
    ) -> Result<HostTensor, Flaw> {
        let values = if count == 0 {
            Vec::new()
        } else if self.is_contiguous() {
            let start = self.offset * element.bytes();
            element.all(&storage[start..start + count * element.bytes()])
        } else {
            element.at(storage, Walk::new(self, count))
        };
        Ok(HostTensor {
            shape: self.shape.clone(),
            values,
        })
    }

    fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        self.shape
            .iter()
            .zip(&self.stride)
            .rev()
            .all(|(d, stride)| {
                let fits = *d == 1 || *stride == expected;
                expected *= d;
                fits
            })
    }
}

/// Places in the storage of the elements of a view, in row-major order.
struct Walk<'a> {
    shape: &'a [usize],
    stride: &'a [usize],
    position: Vec<usize>,
    place: usize,
    left: usize,
}

impl<'a> Walk<'a> {
    fn new(tensor: &'a Tensor, count: usize) -> Self {
        Self {
            shape: &tensor.shape,
            stride: &tensor.stride,
            position: vec![0; tensor.shape.len()],
            place: tensor.offset,
            left: count,
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let place = self.place;
        for axis in (0..self.shape.len()).rev() {
            self.position[axis] += 1;
            if self.position[axis] < self.shape[axis] {
                self.place += self.stride[axis];
                break;
            }
            self.place -= (self.shape[axis] - 1) * self.stride[axis];
            self.position[axis] = 0;
        }
        Some(place)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}
