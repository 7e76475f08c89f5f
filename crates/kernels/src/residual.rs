//! The sum at the end of a residual block, with and without its ReLU, and the product of two maps.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::simd::{Simd, dispatch};

/// Values of one parallel part.
const PART: usize = 1 << 15;

/// `y += x`; both of one length.
pub fn add(x: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
    check_len("x", x, y.len())?;
    let isa = Isa::current();
    y.par_chunks_mut(PART)
        .zip(x.par_chunks(PART))
        .for_each(|(y, x)| accumulate_part(isa, x, y));
    Ok(())
}

/// `y *= x`; both of one length.
pub fn multiply(x: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
    check_len("x", x, y.len())?;
    let isa = Isa::current();
    y.par_chunks_mut(PART)
        .zip(x.par_chunks(PART))
        .for_each(|(y, x)| multiply_part(isa, x, y));
    Ok(())
}

/// `y = max(a + b, 0)`; all of one length.
pub fn add_relu(a: &[f32], b: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
    check_len("b", b, a.len())?;
    check_len("y", y, a.len())?;
    let isa = Isa::current();
    y.par_chunks_mut(PART)
        .zip(a.par_chunks(PART))
        .zip(b.par_chunks(PART))
        .for_each(|((y, a), b)| add_part(isa, a, b, y));
    Ok(())
}

/// [`add_relu`] where `y` holds one summand already.
pub fn add_relu_in_place(x: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
    check_len("x", x, y.len())?;
    let isa = Isa::current();
    y.par_chunks_mut(PART)
        .zip(x.par_chunks(PART))
        .for_each(|(y, x)| accumulate_relu_part(isa, x, y));
    Ok(())
}

/// Gradient of [`add_relu`], which is the same for both summands:
/// `d = dy` where `y > 0`, else zero; all of one length.
pub fn add_relu_backward(y: &[f32], dy: &[f32], d: &mut [f32]) -> Result<(), ShapeError> {
    check_len("dy", dy, y.len())?;
    check_len("d", d, y.len())?;
    let isa = Isa::current();
    d.par_chunks_mut(PART)
        .zip(y.par_chunks(PART))
        .zip(dy.par_chunks(PART))
        .for_each(|((d, y), dy)| mask_part(isa, y, dy, d));
    Ok(())
}

dispatch! {
    fn accumulate_part(x: &[f32], y: &mut [f32]) => accumulate_part_body
}

#[inline(always)]
fn accumulate_part_body<S: Simd>(x: &[f32], y: &mut [f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += x;
    }
}

dispatch! {
    fn multiply_part(x: &[f32], y: &mut [f32]) => multiply_part_body
}

#[inline(always)]
fn multiply_part_body<S: Simd>(x: &[f32], y: &mut [f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y *= x;
    }
}

dispatch! {
    fn accumulate_relu_part(x: &[f32], y: &mut [f32]) => accumulate_relu_part_body
}

#[inline(always)]
fn accumulate_relu_part_body<S: Simd>(x: &[f32], y: &mut [f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        let sum = *y + x;
        // Not `max`: a NaN must stay visible.
        *y = if sum <= 0.0 { 0.0 } else { sum };
    }
}

dispatch! {
    fn add_part(a: &[f32], b: &[f32], y: &mut [f32]) => add_part_body
}

#[inline(always)]
fn add_part_body<S: Simd>(a: &[f32], b: &[f32], y: &mut [f32]) {
    for ((y, a), b) in y.iter_mut().zip(a).zip(b) {
        let sum = a + b;
        // Not `max`: a NaN must stay visible.
        *y = if sum <= 0.0 { 0.0 } else { sum };
    }
}

dispatch! {
    fn mask_part(y: &[f32], dy: &[f32], d: &mut [f32]) => mask_part_body
}

#[inline(always)]
fn mask_part_body<S: Simd>(y: &[f32], dy: &[f32], d: &mut [f32]) {
    for ((d, y), dy) in d.iter_mut().zip(y).zip(dy) {
        *d = if *y > 0.0 { *dy } else { 0.0 };
    }
}
