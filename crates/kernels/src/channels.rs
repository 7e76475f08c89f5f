//! Moving whole channels: side by side, apart again, and in reverse order.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len, volume};
use crate::map::MapShape;

/// `y` gets the channels of all `parts`, in this order, image by image. Each part is
/// `[batch, channels of its own, height, width]` with one height and width for all; `y` has as many
/// values as all of them together. Every value of `y` is overwritten.
pub fn join_channels(batch: usize, parts: &[&[f32]], y: &mut [f32]) -> Result<(), ShapeError> {
    let lens: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let image = image_len(batch, &lens, y)?;
    y.par_chunks_mut(image).enumerate().for_each(|(n, y)| {
        let mut rest = y;
        for part in parts {
            let len = part.len() / batch;
            let (block, after) = rest.split_at_mut(len);
            block.copy_from_slice(&part[n * len..][..len]);
            rest = after;
        }
    });
    Ok(())
}

/// Gradient of [`join_channels`]: each of `parts` gets its channels of `dy`. Every value of the
/// parts is overwritten.
pub fn split_channels(
    batch: usize,
    dy: &[f32],
    parts: &mut [&mut [f32]],
) -> Result<(), ShapeError> {
    let lens: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let image = image_len(batch, &lens, dy)?;
    let mut from = 0;
    for part in parts {
        let len = part.len() / batch;
        if len > 0 {
            part.par_chunks_mut(len)
                .zip(dy.par_chunks(image))
                .for_each(|(block, dy)| block.copy_from_slice(&dy[from..from + len]));
        }
        from += len;
    }
    Ok(())
}

/// Values of one image of the parts together; checks that `whole` has as many for each.
fn image_len(batch: usize, lens: &[usize], whole: &[f32]) -> Result<usize, ShapeError> {
    volume(&[("batch", batch)])?;
    for &len in lens {
        if !len.is_multiple_of(batch) {
            return Err(ShapeError::Length {
                operand: "part",
                expected: len.next_multiple_of(batch),
                found: len,
            });
        }
    }
    let image: usize = lens.iter().map(|len| len / batch).sum();
    volume(&[("values of an image", image)])?;
    check_len(
        "the whole",
        whole,
        volume(&[("batch", batch), ("image", image)])?,
    )?;
    Ok(image)
}

/// `y[n, c, ·, ·] = x[n, channels − 1 − c, ·, ·]`, which is its own gradient; both of shape
/// `shape`.
pub fn reverse_channels(shape: &MapShape, x: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
    check_len("x", x, shape.checked_len()?)?;
    check_len("y", y, x.len())?;
    let image = shape.channels * shape.plane();
    y.par_chunks_mut(image)
        .zip(x.par_chunks(image))
        .for_each(|(y, x)| {
            let planes = x.chunks(shape.plane()).rev();
            for (y, x) in y.chunks_mut(shape.plane()).zip(planes) {
                y.copy_from_slice(x);
            }
        });
    Ok(())
}
