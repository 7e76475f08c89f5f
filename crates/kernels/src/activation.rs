//! Functions of single values between the layers of a network.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::exponential::{logistic, normal};
use crate::isa::Isa;
use crate::simd::{Simd, dispatch};

/// Values of one parallel part.
const PART: usize = 1 << 14;

/// A function that is applied to every value by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `max(x, 0)`; the gradient at 0 is 0.
    Relu,
    /// `min(max(x, 0), 6)`; the gradient at 0 and at 6 is 0.
    Relu6,
    /// `x / (1 + e⁻ˣ)`, also called swish.
    Silu,
    /// `x Φ(x)` with `Φ(x) = (1 + erf(x / √2)) / 2`: the exact form, not the one by tanh.
    Gelu,
    /// `1 / (1 + e⁻ˣ)`
    Sigmoid,
    /// `x min(max(x + 3, 0), 6) / 6`; the gradient at −3 is 0, at 3 it is 1.
    HardSwish,
    /// `min(max(x + 3, 0), 6) / 6`; the gradient at −3 and at 3 is 0.
    HardSigmoid,
    /// `x / (1 + e^(−1.702 x))`
    QuickGelu,
}

/// Of [`Activation::QuickGelu`].
const STEEPNESS: f32 = 1.702;

impl Activation {
    /// Whether [`activate_backward`] works from the output of the function, not from its input.
    pub fn keeps_output(self) -> bool {
        match self {
            Self::Relu | Self::Relu6 | Self::Sigmoid | Self::HardSigmoid => true,
            Self::Silu | Self::Gelu | Self::HardSwish | Self::QuickGelu => false,
        }
    }
}

/// `y = activation(x)`, value by value; both of one length. A NaN stays one.
pub fn activate(activation: Activation, x: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
    check_len("y", y, x.len())?;
    let isa = Isa::current();
    y.par_chunks_mut(PART)
        .zip(x.par_chunks(PART))
        .for_each(|(y, x)| forward_part(isa, activation, Some(x), y));
    Ok(())
}

/// [`activate`] where `y` holds the values already.
pub fn activate_in_place(activation: Activation, y: &mut [f32]) {
    let isa = Isa::current();
    y.par_chunks_mut(PART)
        .for_each(|y| forward_part(isa, activation, None, y));
}

/// Gradient of [`activate`]: `dx = dy · activation'`, where `kept` is the output of the function
/// if [`Activation::keeps_output`], else its input. All of one length.
pub fn activate_backward(
    activation: Activation,
    kept: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("dy", dy, kept.len())?;
    check_len("dx", dx, kept.len())?;
    let isa = Isa::current();
    dx.par_chunks_mut(PART)
        .zip(kept.par_chunks(PART))
        .zip(dy.par_chunks(PART))
        .for_each(|((dx, kept), dy)| backward_part(isa, activation, kept, Some(dy), dx));
    Ok(())
}

/// [`activate_backward`] where `d` holds `dy` already.
pub fn activate_backward_in_place(
    activation: Activation,
    kept: &[f32],
    d: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("d", d, kept.len())?;
    let isa = Isa::current();
    d.par_chunks_mut(PART)
        .zip(kept.par_chunks(PART))
        .for_each(|(d, kept)| backward_part(isa, activation, kept, None, d));
    Ok(())
}

dispatch! {
    fn forward_part(activation: Activation, x: Option<&[f32]>, y: &mut [f32]) => forward_part_body
}

/// Each function has its own loop: a choice within one would keep it from becoming vectors.
#[inline(always)]
fn forward_part_body<S: Simd>(activation: Activation, x: Option<&[f32]>, y: &mut [f32]) {
    // Comparisons, not `max` and `min`: a NaN must stay visible.
    match activation {
        Activation::Relu => each(x, y, |x| if x <= 0.0 { 0.0 } else { x }),
        Activation::Relu6 => each(x, y, |x| {
            let low = if x <= 0.0 { 0.0 } else { x };
            if low >= 6.0 { 6.0 } else { low }
        }),
        Activation::Silu => each(x, y, |x| x * logistic::<S>(x)),
        Activation::Gelu => each(x, y, |x| x * normal::<S>(x)[0]),
        Activation::Sigmoid => each(x, y, |x| logistic::<S>(x)),
        Activation::HardSwish => each(x, y, |x| x * hard_sigmoid(x)),
        Activation::HardSigmoid => each(x, y, hard_sigmoid),
        Activation::QuickGelu => each(x, y, |x| x * logistic::<S>(STEEPNESS * x)),
    }
}

#[inline(always)]
fn hard_sigmoid(x: f32) -> f32 {
    let low = if x <= -3.0 { 0.0 } else { x + 3.0 };
    (if low >= 6.0 { 6.0 } else { low }) * (1.0 / 6.0)
}

/// `y = of(x)`, or of `y` itself where there is no `x`.
#[inline(always)]
fn each(x: Option<&[f32]>, y: &mut [f32], of: impl Fn(f32) -> f32) {
    match x {
        Some(x) => y.iter_mut().zip(x).for_each(|(y, x)| *y = of(*x)),
        None => y.iter_mut().for_each(|y| *y = of(*y)),
    }
}

dispatch! {
    fn backward_part(activation: Activation, kept: &[f32], dy: Option<&[f32]>, dx: &mut [f32])
        => backward_part_body
}

#[inline(always)]
fn backward_part_body<S: Simd>(
    activation: Activation,
    kept: &[f32],
    dy: Option<&[f32]>,
    dx: &mut [f32],
) {
    match activation {
        Activation::Relu => each_pair(kept, dy, dx, |y, dy| if y > 0.0 { dy } else { 0.0 }),
        Activation::Relu6 => each_pair(kept, dy, dx, |y, dy| {
            let above = if y > 0.0 { dy } else { 0.0 };
            if y < 6.0 { above } else { 0.0 }
        }),
        Activation::Silu => each_pair(kept, dy, dx, |x, dy| {
            let s = logistic::<S>(x);
            dy * (s * S::fma_one(x, 1.0 - s, 1.0))
        }),
        Activation::Gelu => {
            const DENSITY: f32 = 0.398_942_3;
            each_pair(kept, dy, dx, |x, dy| {
                let [below, bell] = normal::<S>(x);
                dy * S::fma_one(x, DENSITY * bell, below)
            });
        }
        Activation::Sigmoid => each_pair(kept, dy, dx, |y, dy| dy * (y * (1.0 - y))),
        Activation::HardSwish => each_pair(kept, dy, dx, |x, dy| {
            let middle = dy * S::fma_one(x, 1.0 / 3.0, 0.5);
            let below = if x >= 3.0 { dy } else { middle };
            if x <= -3.0 { 0.0 } else { below }
        }),
        Activation::HardSigmoid => each_pair(kept, dy, dx, |y, dy| {
            let above = if y > 0.0 { dy * (1.0 / 6.0) } else { 0.0 };
            if y < 1.0 { above } else { 0.0 }
        }),
        Activation::QuickGelu => each_pair(kept, dy, dx, |x, dy| {
            let s = logistic::<S>(STEEPNESS * x);
            dy * (s * S::fma_one(STEEPNESS * x, 1.0 - s, 1.0))
        }),
    }
}

/// `dx = of(kept, dy)`, or of `dx` itself where there is no `dy`.
#[inline(always)]
fn each_pair(kept: &[f32], dy: Option<&[f32]>, dx: &mut [f32], of: impl Fn(f32, f32) -> f32) {
    let values = dx.iter_mut().zip(kept);
    match dy {
        Some(dy) => values
            .zip(dy)
            .for_each(|((dx, kept), dy)| *dx = of(*kept, *dy)),
        None => values.for_each(|(dx, kept)| *dx = of(*kept, *dx)),
    }
}
