//! TensorFlow's `SAME`.

use super::shape::Shape;

/// Zeros at the top, bottom, left and right that TensorFlow's `SAME` adds to a map of shape
/// `input`, so that a window gives ⌈n / stride⌉ outputs along every axis.
pub fn same_border(input: Shape, kernel: [usize; 2], stride: [usize; 2]) -> [usize; 4] {
    let total = |n: usize, i: usize| {
        let outputs = n.div_ceil(stride[i]).max(1);
        ((outputs - 1) * stride[i] + kernel[i]).saturating_sub(n)
    };
    let (rows, columns) = (total(input.height, 0), total(input.width, 1));
    [
        rows / 2,
        rows - rows / 2,
        columns / 2,
        columns - columns / 2,
    ]
}
