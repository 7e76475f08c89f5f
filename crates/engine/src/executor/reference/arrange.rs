//! Moving numbers without changing them. Maps are `[batch, channels, height, width]`.

use kernels::{Border, MapShape};

/// Where a number lies, by image, channel, row and column.
pub(super) fn at(map: &MapShape, image: usize, channel: usize, row: usize, column: usize) -> usize {
    ((image * map.channels + channel) * map.height + row) * map.width + column
}

/// A map of `shape` whose number at image, channel, row and column is `value` of these.
pub(super) fn each_of(
    map: &MapShape,
    mut value: impl FnMut(usize, usize, usize, usize) -> f64,
) -> Vec<f64> {
    let mut values = Vec::new();
    for image in 0..map.batch {
        for channel in 0..map.channels {
            for row in 0..map.height {
                for column in 0..map.width {
                    values.push(value(image, channel, row, column));
                }
            }
        }
    }
    values
}

pub(super) fn reverse_channels(map: &MapShape, x: &[f64]) -> Vec<f64> {
    each_of(map, |n, c, row, column| {
        x[at(map, n, map.channels - 1 - c, row, column)]
    })
}

/// Zeros around `x` of shape `inner`.
pub(super) fn pad(border: &Border, inner: &MapShape, x: &[f64]) -> Vec<f64> {
    each_of(&border.around(inner), |n, c, row, column| {
        let [row, column] = [
            row.wrapping_sub(border.top),
            column.wrapping_sub(border.left),
        ];
        match row < inner.height && column < inner.width {
            true => x[at(inner, n, c, row, column)],
            false => 0.0,
        }
    })
}

/// What is within the border of `outer`, of shape `inner`.
pub(super) fn crop(border: &Border, inner: &MapShape, outer: &[f64]) -> Vec<f64> {
    let around = border.around(inner);
    each_of(inner, |n, c, row, column| {
        outer[at(&around, n, c, row + border.top, column + border.left)]
    })
}

/// Image by image, the channels of every part.
pub(super) fn concatenate(batch: usize, parts: &[&[f64]]) -> Vec<f64> {
    let mut joined = Vec::new();
    for image in 0..batch {
        for part in parts {
            let len = part.len() / batch;
            joined.extend_from_slice(&part[image * len..][..len]);
        }
    }
    joined
}

/// The parts that [`concatenate`] has joined, `lens` numbers each.
pub(super) fn split(batch: usize, joined: &[f64], lens: &[usize]) -> Vec<Vec<f64>> {
    let mut parts = vec![Vec::new(); lens.len()];
    let mut rest = joined;
    for _ in 0..batch {
        for (part, len) in parts.iter_mut().zip(lens) {
            let (first, after) = rest.split_at(len / batch);
            part.extend_from_slice(first);
            rest = after;
        }
    }
    parts
}
