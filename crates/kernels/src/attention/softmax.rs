//! Softmax along columns, and its gradient.

use super::block::QUERIES;
use crate::exponential::exp;
use crate::simd::{Simd, dispatch};

dispatch! {
    /// Turns every column of `scores`, whose rows have 16, 32 or 48 values, into exponentials of
    /// differences to its greatest score, and tells which factor makes each column add up to 1.
    /// A NaN makes its whole column and the factor NaN.
    pub(super) fn exponentials(scores: &mut [f32], columns: usize) -> [f32; QUERIES]
        => exponentials_body
}

#[inline(always)]
fn exponentials_body<S: Simd>(scores: &mut [f32], columns: usize) -> [f32; QUERIES] {
    match columns {
        16 => exponentials_of::<S, 16>(scores),
        32 => exponentials_of::<S, 32>(scores),
        48 => exponentials_of::<S, 48>(scores),
        wide => unreachable!("blocks have 16, 32 or 48 columns, not {wide}"),
    }
}

#[inline(always)]
fn exponentials_of<S: Simd, const COLUMNS: usize>(scores: &mut [f32]) -> [f32; QUERIES] {
    let (rows, _) = scores.as_chunks_mut::<COLUMNS>();
    let mut top = [f32::NEG_INFINITY; COLUMNS];
    for row in &*rows {
        for at in 0..COLUMNS {
            top[at] = if row[at] > top[at] { row[at] } else { top[at] };
        }
    }
    let mut sums = [0.0; COLUMNS];
    for row in rows {
        for at in 0..COLUMNS {
            row[at] = exp::<S>(row[at] - top[at]);
            sums[at] += row[at];
        }
    }
    let mut factors = [0.0; QUERIES];
    for at in 0..COLUMNS {
        factors[at] = 1.0 / sums[at];
    }
    factors
}

dispatch! {
    /// Turns [`exponentials`] into probabilities, and the `gradients` of these into gradients of
    /// their scores.
    pub(super) fn softmax_backward(
        exponentials: &mut [f32],
        factors: &[f32; QUERIES],
        gradients: &mut [f32],
        columns: usize,
    ) => softmax_backward_body
}

#[inline(always)]
fn softmax_backward_body<S: Simd>(
    exponentials: &mut [f32],
    factors: &[f32; QUERIES],
    gradients: &mut [f32],
    columns: usize,
) {
    match columns {
        16 => backward_of::<16>(exponentials, factors, gradients),
        32 => backward_of::<32>(exponentials, factors, gradients),
        48 => backward_of::<48>(exponentials, factors, gradients),
        wide => unreachable!("blocks have 16, 32 or 48 columns, not {wide}"),
    }
}

#[inline(always)]
fn backward_of<const COLUMNS: usize>(
    exponentials: &mut [f32],
    factors: &[f32; QUERIES],
    gradients: &mut [f32],
) {
    let (probabilities, _) = exponentials.as_chunks_mut::<COLUMNS>();
    let (gradients, _) = gradients.as_chunks_mut::<COLUMNS>();
    let mut means = [0.0; COLUMNS];
    for (probability, gradient) in probabilities.iter_mut().zip(&*gradients) {
        for at in 0..COLUMNS {
            probability[at] *= factors[at];
            means[at] += probability[at] * gradient[at];
        }
    }
    for (probability, gradient) in probabilities.iter().zip(gradients) {
        for at in 0..COLUMNS {
            gradient[at] = probability[at] * (gradient[at] - means[at]);
        }
    }
}
