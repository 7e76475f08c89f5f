//! Flex tensors as plain `f32` slices, in and out without copying.

use burn::backend::TensorMetadata;
use burn::backend::flex::{FlexTensor, Layout};
use burn::tensor::{Bytes, DType, Shape};
use kernels::{MapShape, ShapeError};

/// The tensor itself where its numbers lie in order, else a copy that does.
pub(super) fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.is_contiguous() {
        tensor
    } else {
        tensor.to_contiguous()
    }
}

/// The numbers of a contiguous tensor, in row-major order.
///
/// # Panics
/// Panics unless the tensor holds `f32`: the networks of this crate hold nothing else.
pub(super) fn floats(tensor: &FlexTensor) -> &[f32] {
    match tensor.as_slice::<f32>() {
        Some(slice) => slice,
        None => unfit(tensor),
    }
}

/// [`floats`] to write to; storage that is shared is copied first.
pub(super) fn floats_mut(tensor: &mut FlexTensor) -> &mut [f32] {
    match (tensor.dtype(), tensor.layout().contiguous_offsets()) {
        (DType::F32, Some((start, end))) => &mut tensor.storage_mut::<f32>()[start..end],
        _ => unfit(tensor),
    }
}

fn unfit(tensor: &FlexTensor) -> ! {
    panic!(
        "expected a contiguous float32 tensor, found {:?} of shape {:?}: convert it with \
         `cast(DType::F32)`",
        tensor.dtype(),
        tensor.shape()
    )
}

/// The extents of a `[batch, channels, height, width]` tensor.
pub(super) fn map(tensor: &FlexTensor) -> MapShape {
    let [batch, channels, height, width] = tensor.shape().dims();
    MapShape {
        batch,
        channels,
        height,
        width,
    }
}

/// The four extents of a map.
pub(super) fn extents(map: MapShape) -> [usize; 4] {
    [map.batch, map.channels, map.height, map.width]
}

/// A tensor over the numbers in `values`, which it takes over.
pub(super) fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    let layout = Layout::contiguous(Shape::new(shape));
    FlexTensor::new(Bytes::from_elems(values), layout, DType::F32)
}

/// A tensor that `fill` writes every number of.
pub(super) fn filled<const D: usize>(
    shape: [usize; D],
    fill: impl FnOnce(&mut [f32]) -> Result<(), ShapeError>,
) -> FlexTensor {
    let values = kernels::overwritten(shape.iter().product(), fill);
    tensor(fitting(values), shape)
}

/// What a kernel returned.
///
/// # Panics
/// Panics where shapes do not fit, as every operation of Burn does.
pub(super) fn fitting<T>(result: Result<T, ShapeError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
