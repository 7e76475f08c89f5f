//! Batch norm, ReLU and max pooling in one pass over memory.

use rayon::prelude::*;

use super::{BatchStats, Line, Slope, apply_line, channel_stats, check_training};
use crate::disjoint::Disjoint;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::pool::PoolShape;
use crate::pool::max::{max_pool_plane, scatter_plane};
use crate::reduce::gradient_sums;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};

/// Training-mode batch norm, ReLU and max pooling as one operation. The
/// normalised maps are never stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PooledNorm {
    /// The pooling; its input is the shape that is normalised.
    pub pool: PoolShape,
    /// Added to the biased variance.
    pub eps: f32,
}

impl PooledNorm {
    /// `x` is of shape `pool.map`, `gamma` and `beta` `[channels]`, `y` and
    /// `argmax` `[batch, channels, pool.output()]`. `argmax` gets the index
    /// within the window (`row · pool.kernel[1] + column`).
    pub fn forward(
        &self,
        x: &[f32],
        gamma: &[f32],
        beta: &[f32],
        y: &mut [f32],
        argmax: &mut [u8],
    ) -> Result<BatchStats, ShapeError> {
        let pool = &self.pool;
        let shape = &pool.map;
        pool.check_max()?;
        check_training(shape, gamma, beta)?;
        check_len("x", x, shape.checked_len()?)?;
        check_len("y", y, pool.output_len())?;
        check_len("argmax", argmax, pool.output_len())?;
        let isa = Isa::current();
        let pooled = pool.output_map();
        let (out, indices) = (Disjoint::new(y), Disjoint::new(argmax));
        let channels = (0..shape.channels)
            .into_par_iter()
            .map(|channel| {
                let stats = channel_stats(isa, shape, x, channel, self.eps);
                let line = Line::normalising(&stats, gamma[channel], beta[channel], true);
                let mut normal = Scratch::new(shape.plane());
                for image in 0..shape.batch {
                    let at = shape.plane_at(image, channel);
                    apply_line(isa, &x[at..at + shape.plane()], line, &mut normal);
                    let at = pooled.plane_at(image, channel);
                    // SAFETY: every task has its own channel.
                    let (y, argmax) = unsafe {
                        (
                            out.part(at, pooled.plane()),
                            indices.part(at, pooled.plane()),
                        )
                    };
                    max_pool_plane(isa, pool, &normal, y, argmax);
                }
                stats
            })
            .collect();
        Ok(BatchStats::from_channels(channels))
    }

    /// Gradients of [`forward`](Self::forward) from its `x`, `y`, statistics and
    /// `argmax`; `dy` is like `y`, `dx` like `x`, `dgamma` and `dbeta`
    /// `[channels]`. Every value of the outputs is overwritten.
    pub fn backward(
        &self,
        x: &[f32],
        y: &[f32],
        gamma: &[f32],
        stats: &BatchStats,
        argmax: &[u8],
        dy: &[f32],
        dx: &mut [f32],
        dgamma: &mut [f32],
        dbeta: &mut [f32],
    ) -> Result<(), ShapeError> {
        let pool = &self.pool;
        let shape = &pool.map;
        pool.check_max()?;
        check_training(shape, gamma, dbeta)?;
        check_len("x", x, shape.checked_len()?)?;
        check_len("dx", dx, x.len())?;
        check_len("y", y, pool.output_len())?;
        check_len("dy", dy, y.len())?;
        check_len("argmax", argmax, y.len())?;
        check_len("dgamma", dgamma, shape.channels)?;
        stats.check(shape.channels)?;
        let isa = Isa::current();
        let pooled = pool.output_map();
        let plane = shape.plane();
        let out = Disjoint::new(dx);
        dgamma
            .par_iter_mut()
            .zip(dbeta.par_iter_mut())
            .enumerate()
            .for_each(|(channel, (dgamma, dbeta))| {
                let mean = stats.mean[channel];
                let mut sums = [0.0_f64; 2];
                for image in 0..shape.batch {
                    let from = pooled.plane_at(image, channel);
                    let window = from..from + pooled.plane();
                    let at = shape.plane_at(image, channel);
                    // SAFETY: every task has its own channel.
                    let to = unsafe { out.part(at, plane) };
                    to.fill(0.0);
                    let (y, dy) = (&y[window.clone()], &dy[window.clone()]);
                    scatter_plane(pool, &argmax[window], dy, Some(y), to);
                    let found = gradient_sums(isa, &x[at..at + plane], None, to, mean);
                    sums = [sums[0] + f64::from(found[0]), sums[1] + f64::from(found[1])];
                }
                let slope = Slope::new(shape, stats, gamma, channel, sums);
                (*dgamma, *dbeta) = (slope.dgamma, slope.dbeta);
                for image in 0..shape.batch {
                    let at = shape.plane_at(image, channel);
                    // SAFETY: every task has its own channel.
                    let to = unsafe { out.part(at, plane) };
                    apply_slope_in_place(isa, &x[at..at + plane], slope, to);
                }
            });
        Ok(())
    }
}

dispatch! {
    fn apply_slope_in_place(x: &[f32], slope: Slope, gradient: &mut [f32])
        => apply_slope_in_place_body
}

#[inline(always)]
fn apply_slope_in_place_body<S: Simd>(x: &[f32], slope: Slope, gradient: &mut [f32]) {
    let Slope {
        centre,
        factor,
        slope,
        shift,
        ..
    } = slope;
    for (gradient, x) in gradient.iter_mut().zip(x) {
        *gradient = *gradient * factor + ((x - centre) * slope + shift);
    }
}
