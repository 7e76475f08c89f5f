//! Batch norm, ReLU and max pooling in one pass over memory.

mod general;
mod halves;

use rayon::prelude::*;

use super::backward::Slope;
use super::forward::statistics;
use super::stats::{BatchStats, ChannelStats, check_training};
use super::strip::Strip;
use crate::disjoint::Disjoint;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::pool::PoolShape;
use crate::pool::halving::Halving;
use crate::pool::max::max_pool_plane_demand;
use crate::scratch::Demand;

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
    /// What [`forward`](Self::forward) takes on `threads` threads.
    pub fn forward_demand(&self, threads: usize) -> Demand {
        let shape = &self.pool.map;
        let plane = match Halving::of(&self.pool) {
            Some(_) => Demand::default(),
            None => {
                let plane = max_pool_plane_demand(Isa::current(), &self.pool);
                plane.and(Demand::floats(shape.plane()))
            }
        };
        plane.on(threads, Strip::count(shape))
    }

    /// What [`backward`](Self::backward) takes on `threads` threads.
    pub fn backward_demand(&self, threads: usize) -> Demand {
        let shape = &self.pool.map;
        let padded = Halving::of(&self.pool);
        let padded = padded.map(|halving| halving.demand(Isa::current(), shape.batch));
        padded.unwrap_or_default().on(threads, shape.channels)
    }

    /// `x` is of shape `pool.map`, `gamma` and `beta` `[channels]`, `y` and
    /// `argmax` `[batch, channels, pool.output()]`. `argmax` gets the index
    /// within the window (`row · pool.kernel[1] + column`).
    ///
    /// `y` has the bits of the three operations one after the other. So has
    /// `argmax`, except among pixels that differ but that normalisation rounds, or
    /// ReLU cuts, to the same value: there a window of 3 × 3 with stride 2 and
    /// padding 1 prefers the one that was largest before.
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
        let halving = Halving::of(pool);
        let (y, argmax) = (&Disjoint::new(y), &Disjoint::new(argmax));
        let mut channels = vec![ChannelStats::default(); shape.channels];
        channels
            .par_chunks_mut(Strip::width(shape))
            .enumerate()
            .for_each(|(index, stats)| {
                let strip = Strip::new(shape, index);
                statistics(isa, &strip, x, self.eps, stats);
                for (channel, stats) in strip.range().zip(stats) {
                    let line = stats.line(gamma[channel], beta[channel]);
                    match &halving {
                        Some(halving) => {
                            halves::forward(isa, halving, pool, channel, x, line, y, argmax);
                        }
                        None => general::forward(isa, pool, channel, x, line, y, argmax),
                    }
                }
            });
        Ok(BatchStats::from_channels(&channels))
    }

    /// Gradients of [`forward`](Self::forward) from its `x`, statistics and
    /// `argmax`; `dy` is `[batch, channels, pool.output()]`, `dx` like `x`, `dgamma`
    /// and `dbeta` `[channels]`. Every value of the outputs is overwritten.
    pub fn backward(
        &self,
        x: &[f32],
        gamma: &[f32],
        beta: &[f32],
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
        check_training(shape, gamma, beta)?;
        check_len("x", x, shape.checked_len()?)?;
        check_len("dx", dx, x.len())?;
        check_len("dy", dy, pool.output_len())?;
        check_len("argmax", argmax, dy.len())?;
        check_len("dgamma", dgamma, shape.channels)?;
        check_len("dbeta", dbeta, shape.channels)?;
        stats.check(shape.channels)?;
        let isa = Isa::current();
        let halving = Halving::of(pool);
        let count = shape.values_per_channel() as f64;
        let dx = &Disjoint::new(dx);
        dgamma
            .par_iter_mut()
            .zip(dbeta.par_iter_mut())
            .enumerate()
            .for_each(|(channel, (dgamma, dbeta))| {
                let line = stats.line(channel, gamma, beta);
                let slope = |sums| Slope::new(count, stats.inv_std[channel], gamma[channel], sums);
                // Without a scale all pixels are equal and only `argmax` tells.
                let slope = match &halving {
                    Some(halving) if line.scale != 0.0 => halves::backward(
                        isa, halving, pool, channel, x, line, &slope, argmax, dy, dx,
                    ),
                    _ => general::backward(isa, pool, channel, x, line, &slope, argmax, dy, dx),
                };
                (*dgamma, *dbeta) = (slope.dgamma, slope.dbeta);
            });
        Ok(())
    }
}
