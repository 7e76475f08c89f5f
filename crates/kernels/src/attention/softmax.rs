//! Softmax along columns, and its gradient.

use crate::exponential::exp;
use crate::simd::{Simd, dispatch};

/// Most columns of a matrix.
pub(super) const COLUMNS: usize = 64;

dispatch! {
    /// Turns every column of `scores`, whose rows have `columns ≤ COLUMNS` values, into
    /// probabilities. A NaN makes its whole column NaN.
    pub(super) fn softmax(scores: &mut [f32], columns: usize) => softmax_body
}

#[inline(always)]
fn softmax_body<S: Simd>(scores: &mut [f32], columns: usize) {
    let mut top = [f32::NEG_INFINITY; COLUMNS];
    for row in scores.chunks(columns) {
        for (top, score) in top.iter_mut().zip(row) {
            *top = if *score > *top { *score } else { *top };
        }
    }
    let mut sums = [0.0; COLUMNS];
    for row in scores.chunks_mut(columns) {
        for ((score, top), sum) in row.iter_mut().zip(&top).zip(&mut sums) {
            *score = exp::<S>(*score - top);
            *sum += *score;
        }
    }
    for sum in &mut sums {
        *sum = 1.0 / *sum;
    }
    for row in scores.chunks_mut(columns) {
        for (score, factor) in row.iter_mut().zip(&sums) {
            *score *= factor;
        }
    }
}

dispatch! {
    /// Turns gradients of [`softmax`]'s `probabilities` into gradients of its scores.
    pub(super) fn softmax_backward(probabilities: &[f32], gradients: &mut [f32], columns: usize)
        => softmax_backward_body
}

#[inline(always)]
fn softmax_backward_body<S: Simd>(probabilities: &[f32], gradients: &mut [f32], columns: usize) {
    let mut means = [0.0; COLUMNS];
    for (probabilities, gradients) in probabilities.chunks(columns).zip(gradients.chunks(columns)) {
        let values = probabilities.iter().zip(gradients);
        for (mean, (probability, gradient)) in means.iter_mut().zip(values) {
            *mean += probability * gradient;
        }
    }
    let rows = probabilities.chunks(columns);
    for (probabilities, gradients) in rows.zip(gradients.chunks_mut(columns)) {
        let values = probabilities.iter().zip(gradients);
        for (mean, (probability, gradient)) in means.iter().zip(values) {
            *gradient = probability * (*gradient - mean);
        }
    }
}
