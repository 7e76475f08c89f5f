//! One factor per channel, the same for every image or each its own.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;
use crate::reduce::dot;
use crate::simd::{Simd, dispatch};

/// Values of one parallel part, at least one plane.
const PART: usize = 1 << 14;

/// `y[n, c, ·, ·] = x[n, c, ·, ·] · factors[n, c]`; `x` and `y` are of shape `shape`, `factors`
/// `[batch, channels]`, or `[channels]` where every image has the same.
pub fn scale_planes(
    shape: &MapShape,
    x: &[f32],
    factors: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    check(shape, x, "factors", factors)?;
    check_len("y", y, x.len())?;
    let (isa, plane) = (Isa::current(), shape.plane());
    let planes = (PART / plane).max(1);
    y.par_chunks_mut(planes * plane)
        .zip(x.par_chunks(planes * plane))
        .enumerate()
        .for_each(|(part, (y, x))| scale_part(isa, plane, part * planes, x, factors, y));
    Ok(())
}

/// Gradient of the factors of [`scale_planes`]: `dfactors[n, c] = Σ x[n, c, ·, ·] · dy[n, c, ·, ·]`,
/// or the sum of it over the images where `dfactors` is `[channels]`. Every value is overwritten.
pub fn scale_planes_grad(
    shape: &MapShape,
    x: &[f32],
    dy: &[f32],
    dfactors: &mut [f32],
) -> Result<(), ShapeError> {
    check(shape, x, "dfactors", dfactors)?;
    check_len("dy", dy, x.len())?;
    let (isa, plane) = (Isa::current(), shape.plane());
    let stride = dfactors.len();
    dfactors
        .par_iter_mut()
        .enumerate()
        .for_each(|(first, gradient)| {
            let total: f64 = (first..shape.batch * shape.channels)
                .step_by(stride)
                .map(|index| index * plane..(index + 1) * plane)
                .map(|plane| f64::from(dot(isa, &x[plane.clone()], &dy[plane])))
                .sum();
            *gradient = total as f32;
        });
    Ok(())
}

fn check(
    shape: &MapShape,
    x: &[f32],
    name: &'static str,
    factors: &[f32],
) -> Result<(), ShapeError> {
    check_len("x", x, shape.checked_len()?)?;
    if factors.len() != shape.channels {
        check_len(name, factors, shape.batch * shape.channels)?;
    }
    Ok(())
}

dispatch! {
    /// Scales the planes from number `first` on.
    fn scale_part(plane: usize, first: usize, x: &[f32], factors: &[f32], y: &mut [f32])
        => scale_part_body
}

#[inline(always)]
fn scale_part_body<S: Simd>(plane: usize, first: usize, x: &[f32], factors: &[f32], y: &mut [f32]) {
    let planes = y.chunks_mut(plane).zip(x.chunks(plane));
    let factors = factors.iter().cycle().skip(first % factors.len());
    for ((y, x), factor) in planes.zip(factors) {
        for (y, x) in y.iter_mut().zip(x) {
            *y = x * factor;
        }
    }
}
