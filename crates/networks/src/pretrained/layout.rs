//! The tensors of a file, laid out as ours.

use super::part::Part;
use crate::grid::grid;
use crate::network::{Input, Network};
use crate::parameter::{Kind, Parameter};
use crate::zoo::Dialect;
use checkpoints::HostTensor;

/// What networks are built for until a file's own extents are known.
pub(super) const STANDARD: Input = Input::square(3, 224);
pub(super) const STANDARD_CLASSES: usize = 1000;

/// The channels, image size and classes that the tensors of a part have.
pub(super) fn extents(
    part: &Part,
    standard: &Network,
    dialect: Dialect,
    named: impl Fn(&Parameter) -> String,
) -> (Input, usize) {
    let parameters = standard.parameters();
    let extent = |parameter: &Parameter, axis: usize| {
        let tensor = part.tensors.get(named(parameter).as_str())?;
        let axes = dialect.axes(parameter.kind);
        let at = axes.iter().position(|a| *a == axis).unwrap_or(axis);
        tensor
            .shape
            .get(at)
            .copied()
            .filter(|n| (1..=65_536).contains(n))
    };
    let first = parameters.iter().find(|p| p.kind == Kind::ConvWeight);
    let last = parameters
        .iter()
        .rfind(|p| p.kind == Kind::LinearWeight && p.is_classifier);
    let positions = parameters.iter().find(|p| p.kind == Kind::Positions);
    let size = positions.and_then(|p| {
        let tensor = part.tensors.get(named(p).as_str())?;
        let [.., there, _] = tensor.shape[..] else {
            return None;
        };
        let (edge, _) = grid(there)?;
        let (standard, _) = grid(*p.shape.get(1)?)?;
        edge.checked_mul(STANDARD.height / standard)
    });
    let channels = first.and_then(|p| extent(p, 1));
    let size = size.filter(|s| (1..=4096).contains(s));
    let input = Input::square(
        channels.unwrap_or(STANDARD.channels),
        size.unwrap_or(STANDARD.height),
    );
    let classes = last.and_then(|p| extent(p, 0)).unwrap_or(STANDARD_CLASSES);
    (input, classes)
}

/// The tensor with the axes of our parameter, if it has as many numbers along each. Axes of
/// extent 1 may be more or fewer.
pub(super) fn laid_out(
    tensor: &HostTensor,
    parameter: &Parameter,
    dialect: Dialect,
) -> Option<HostTensor> {
    if !fits(tensor, parameter, dialect) {
        return None;
    }
    let values = match dialect.axes(parameter.kind) {
        [] => tensor.values.clone(),
        axes => transposed(tensor, axes).values,
    };
    let shape = parameter.shape.clone();
    Some(HostTensor { shape, values })
}

/// Whether a tensor has the extents of our parameter.
pub(super) fn fits(tensor: &HostTensor, parameter: &Parameter, dialect: Dialect) -> bool {
    let axes = dialect.axes(parameter.kind);
    let mut shape = tensor.shape.clone();
    if !axes.is_empty() {
        if axes.len() != shape.len() {
            return false;
        }
        for (extent, axis) in tensor.shape.iter().zip(axes) {
            shape[*axis] = *extent;
        }
    }
    let long = |shape: &[usize]| -> Vec<usize> {
        let shape = shape.iter().copied();
        shape.filter(|extent| *extent != 1).collect()
    };
    long(&shape) == long(&parameter.shape)
}

/// The tensor whose axis `axes[i]` is the given tensor's axis `i`.
fn transposed(tensor: &HostTensor, axes: &[usize]) -> HostTensor {
    let mut shape = vec![0; axes.len()];
    for (extent, axis) in tensor.shape.iter().zip(axes) {
        shape[*axis] = *extent;
    }
    let mut strides = vec![1; axes.len()];
    for axis in (0..axes.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * shape[axis + 1];
    }
    let mut values = vec![0.0; tensor.values.len()];
    let mut place = vec![0; axes.len()];
    for value in &tensor.values {
        let at: usize = place
            .iter()
            .zip(axes)
            .map(|(i, axis)| i * strides[*axis])
            .sum();
        values[at] = *value;
        for axis in (0..place.len()).rev() {
            place[axis] += 1;
            if place[axis] < tensor.shape[axis] {
                break;
            }
            place[axis] = 0;
        }
    }
    HostTensor { shape, values }
}
