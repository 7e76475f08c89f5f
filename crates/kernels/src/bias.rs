//! The bias of a convolution: one value per channel.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;
use crate::reduce::sum;

/// `y[n, c, ·, ·] += bias[c]`; `y` is of shape `shape`, `bias` `[channels]`.
pub fn add_bias(shape: &MapShape, bias: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
    check_len("y", y, shape.checked_len()?)?;
    check_len("bias", bias, shape.channels)?;
    y.par_chunks_mut(shape.plane())
        .enumerate()
        .for_each(|(plane, values)| {
            let bias = bias[plane % shape.channels];
            values.iter_mut().for_each(|value| *value += bias);
        });
    Ok(())
}

/// `dbias[c] = Σ dy[·, c, ·, ·]`; `dy` is of shape `shape`, `dbias` `[channels]`.
pub fn bias_grad(shape: &MapShape, dy: &[f32], dbias: &mut [f32]) -> Result<(), ShapeError> {
    check_len("dy", dy, shape.checked_len()?)?;
    check_len("dbias", dbias, shape.channels)?;
    let isa = Isa::current();
    dbias
        .par_iter_mut()
        .enumerate()
        .for_each(|(channel, gradient)| {
            let total: f64 = (0..shape.batch)
                .map(|image| {
                    let at = shape.plane_at(image, channel);
                    f64::from(sum(isa, &dy[at..at + shape.plane()]))
                })
                .sum();
            *gradient = total as f32;
        });
    Ok(())
}
