//! The product of vectors with a weight, and its gradients.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::reduce::dot;
use crate::simd::{Simd, dispatch};

/// `y[n, o] = Σᵢ x[n, i] · w[o, i] + b[o]`: `x` is `[batch, into]`, `w` `[out, into]`, `b` `[out]`,
/// `y` `[batch, out]`, every value overwritten.
pub fn linear(
    batch: usize,
    x: &[f32],
    w: &[f32],
    b: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    let [into, out] = extents(batch, ("x", x), ("w", w), ("y", y))?;
    check_len("b", b, out)?;
    let isa = Isa::current();
    y.par_chunks_mut(out)
        .zip(x.par_chunks(into))
        .for_each(|(y, x)| {
            for ((y, w), b) in y.iter_mut().zip(w.chunks(into)).zip(b) {
                *y = dot(isa, x, w) + b;
            }
        });
    Ok(())
}

/// `dx = dy w`, with the extents of [`linear`]; every value of `dx` is overwritten.
pub fn linear_backward_input(
    batch: usize,
    w: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    let [into, out] = extents(batch, ("dx", dx), ("w", w), ("dy", dy))?;
    let isa = Isa::current();
    dx.par_chunks_mut(into)
        .zip(dy.par_chunks(out))
        .for_each(|(dx, dy)| weighted_sum(isa, dy, 1, w, dx));
    Ok(())
}

/// `dw = dyᵀ x`, with the extents of [`linear`]; every value of `dw` is overwritten.
pub fn linear_backward_weight(
    batch: usize,
    x: &[f32],
    dy: &[f32],
    dw: &mut [f32],
) -> Result<(), ShapeError> {
    let [into, out] = extents(batch, ("x", x), ("dw", dw), ("dy", dy))?;
    let isa = Isa::current();
    dw.par_chunks_mut(into)
        .enumerate()
        .for_each(|(output, dw)| weighted_sum(isa, &dy[output..], out, x, dw));
    Ok(())
}

/// Vectors read and written, of so many values each.
fn extents(
    batch: usize,
    (x_name, x): (&'static str, &[f32]),
    (w_name, w): (&'static str, &[f32]),
    (y_name, y): (&'static str, &[f32]),
) -> Result<[usize; 2], ShapeError> {
    if batch == 0 || x.is_empty() || y.is_empty() {
        return Err(ShapeError::Zero { size: "batch" });
    }
    let (into, out) = (x.len() / batch, y.len() / batch);
    check_len(x_name, x, batch * into)?;
    check_len(y_name, y, batch * out)?;
    check_len(w_name, w, into * out)?;
    Ok([into, out])
}

dispatch! {
    /// `to = Σ factors[k · stride] · rows[k]`, rows as long as `to`.
    fn weighted_sum(factors: &[f32], stride: usize, rows: &[f32], to: &mut [f32])
        => weighted_sum_body
}

#[inline(always)]
fn weighted_sum_body<S: Simd>(factors: &[f32], stride: usize, rows: &[f32], to: &mut [f32]) {
    to.fill(0.0);
    for (factor, row) in factors.iter().step_by(stride).zip(rows.chunks(to.len())) {
        for (to, value) in to.iter_mut().zip(row) {
            *to += factor * value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_double_sum() {
        let (batch, into, out) = (5, 37, 3);
        let noise =
            |n: usize, step: f32| -> Vec<f32> { (0..n).map(|i| (i as f32 * step).sin()).collect() };
        let (x, w) = (noise(batch * into, 0.7), noise(out * into, 1.3));
        let (b, dy) = (noise(out, 2.1), noise(batch * out, 0.9));
        let (mut y, mut dx, mut dw) = (
            vec![0.0; batch * out],
            vec![0.0; batch * into],
            vec![0.0; out * into],
        );
        linear(batch, &x, &w, &b, &mut y).unwrap();
        linear_backward_input(batch, &w, &dy, &mut dx).unwrap();
        linear_backward_weight(batch, &x, &dy, &mut dw).unwrap();
        let close = |found: f32, sum: f64| assert!((f64::from(found) - sum).abs() < 1e-5);
        let product = |a: f32, b: f32| f64::from(a) * f64::from(b);
        for n in 0..batch {
            for o in 0..out {
                let terms = (0..into).map(|i| product(x[n * into + i], w[o * into + i]));
                close(y[n * out + o], terms.sum::<f64>() + f64::from(b[o]));
            }
            for i in 0..into {
                let terms = (0..out).map(|o| product(dy[n * out + o], w[o * into + i]));
                close(dx[n * into + i], terms.sum());
            }
        }
        for (at, dw) in dw.iter().enumerate() {
            let (o, i) = (at / into, at % into);
            let terms = (0..batch).map(|n| product(dy[n * out + o], x[n * into + i]));
            close(*dw, terms.sum());
        }
        assert!(linear(batch, &x[1..], &w, &b, &mut y).is_err());
    }
}
