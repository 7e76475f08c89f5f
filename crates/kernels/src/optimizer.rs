//! Optimiser steps in one pass over memory, with PyTorch's semantics.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::simd::{Simd, dispatch};

/// Values of one parallel part.
const PART: usize = 1 << 15;

/// Stochastic gradient descent (`torch.optim.SGD`, dampening 0).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// Learning rate.
    pub lr: f32,
    /// Factor of the velocity; 0 for plain descent.
    pub momentum: f32,
    /// Added to the gradient as `weight_decay · w`.
    pub weight_decay: f32,
    /// Looks ahead along the velocity.
    pub nesterov: bool,
}

impl Sgd {
    /// `g' = g + weight_decay · w`, `v = momentum · v + g'`, `w −= lr · v` (or
    /// `lr · (g' + momentum · v)` with Nesterov); all of one length. `velocity`
    /// starts as zeros.
    pub fn step(
        &self,
        weights: &mut [f32],
        gradient: &[f32],
        velocity: &mut [f32],
    ) -> Result<(), ShapeError> {
        check_len("gradient", gradient, weights.len())?;
        check_len("velocity", velocity, weights.len())?;
        let isa = Isa::current();
        weights
            .par_chunks_mut(PART)
            .zip(gradient.par_chunks(PART))
            .zip(velocity.par_chunks_mut(PART))
            .for_each(|((w, g), v)| sgd_part(isa, *self, w, g, v));
        Ok(())
    }
}

/// Adam (`torch.optim.Adam`) and, with `decoupled`, AdamW (`torch.optim.AdamW`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Learning rate.
    pub lr: f32,
    /// Decay of the running mean and of the running mean square.
    pub betas: [f32; 2],
    /// Added to the root of the mean square.
    pub eps: f32,
    /// Strength of the weight decay.
    pub weight_decay: f32,
    /// Shrinks the weights directly (AdamW) instead of through the gradient.
    pub decoupled: bool,
}

impl Adam {
    /// Step number `step`, counted from 1; all slices are of one length. `mean`
    /// and `square` start as zeros.
    pub fn step(
        &self,
        step: u64,
        weights: &mut [f32],
        gradient: &[f32],
        mean: &mut [f32],
        square: &mut [f32],
    ) -> Result<(), ShapeError> {
        check_len("gradient", gradient, weights.len())?;
        check_len("mean", mean, weights.len())?;
        check_len("square", square, weights.len())?;
        let isa = Isa::current();
        let correction = self
            .betas
            .map(|b| 1.0 - f64::from(b).powf(step.max(1) as f64));
        let rates = AdamRates {
            adam: *self,
            step_size: (f64::from(self.lr) / correction[0]) as f32,
            inv_root: (1.0 / correction[1].sqrt()) as f32,
        };
        weights
            .par_chunks_mut(PART)
            .zip(gradient.par_chunks(PART))
            .zip(mean.par_chunks_mut(PART))
            .zip(square.par_chunks_mut(PART))
            .for_each(|(((w, g), m), s)| adam_part(isa, rates, w, g, m, s));
        Ok(())
    }
}

/// Adam with the bias corrections of one step.
#[derive(Clone, Copy)]
struct AdamRates {
    adam: Adam,
    step_size: f32,
    inv_root: f32,
}

dispatch! {
    fn sgd_part(sgd: Sgd, w: &mut [f32], g: &[f32], v: &mut [f32]) => sgd_part_body
}

#[inline(always)]
fn sgd_part_body<S: Simd>(sgd: Sgd, w: &mut [f32], g: &[f32], v: &mut [f32]) {
    let Sgd {
        lr,
        momentum,
        weight_decay,
        nesterov,
    } = sgd;
    for ((w, g), v) in w.iter_mut().zip(g).zip(v) {
        let gradient = g + weight_decay * *w;
        *v = momentum * *v + gradient;
        let direction = if nesterov {
            gradient + momentum * *v
        } else {
            *v
        };
        *w -= lr * direction;
    }
}

dispatch! {
    fn adam_part(rates: AdamRates, w: &mut [f32], g: &[f32], m: &mut [f32], s: &mut [f32])
        => adam_part_body
}

#[inline(always)]
fn adam_part_body<S: Simd>(
    rates: AdamRates,
    w: &mut [f32],
    g: &[f32],
    m: &mut [f32],
    s: &mut [f32],
) {
    let AdamRates {
        adam,
        step_size,
        inv_root,
    } = rates;
    let (in_gradient, shrink) = if adam.decoupled {
        (0.0, 1.0 - adam.lr * adam.weight_decay)
    } else {
        (adam.weight_decay, 1.0)
    };
    let [beta1, beta2] = adam.betas;
    for (((w, g), m), s) in w.iter_mut().zip(g).zip(m).zip(s) {
        let gradient = g + in_gradient * *w;
        *m += (1.0 - beta1) * (gradient - *m);
        *s = beta2 * *s + (1.0 - beta2) * gradient * gradient;
        let root = s.sqrt() * inv_root + adam.eps;
        *w = *w * shrink - step_size * *m / root;
    }
}
