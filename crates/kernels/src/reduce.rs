//! Sums over one plane, in a fixed order.
//!
//! Lanes add in `f32`, four vectors side by side; callers add planes in `f64`.

use crate::simd::{Simd, dispatch};

/// Folds `values` vector by vector; `step` gets the running vector and the
/// index of the next values (which are fewer than a vector at the very end).
macro_rules! fold {
    ($len:expr, |$sum:ident, $at:ident, $load:ident| $step:expr) => {{
        let len = $len;
        let mut sums = [S::splat(0.0); 4];
        let mut at = 0;
        // SAFETY: `at + LANES` (or `at + rest`) never exceeds the length.
        unsafe {
            while at + 4 * S::LANES <= len {
                for part in 0..4 {
                    let $sum = sums[part];
                    let $at = at + part * S::LANES;
                    let $load = |from: *const f32| S::load(from);
                    sums[part] = $step;
                }
                at += 4 * S::LANES;
            }
            while at < len {
                let rest = (len - at).min(S::LANES);
                let $sum = sums[0];
                let $at = at;
                let $load = |from: *const f32| {
                    if rest == S::LANES {
                        S::load(from)
                    } else {
                        S::load_part(from, rest)
                    }
                };
                sums[0] = $step;
                at += rest;
            }
        }
        S::sum(S::add(S::add(sums[0], sums[1]), S::add(sums[2], sums[3])))
    }};
}

dispatch! {
    /// `Σ x`
    pub(crate) fn sum(x: &[f32]) -> f32 => sum_body
}

#[inline(always)]
pub(crate) fn sum_body<S: Simd>(x: &[f32]) -> f32 {
    let from = x.as_ptr();
    fold!(x.len(), |sum, at, load| S::add(sum, load(from.add(at))))
}

dispatch! {
    /// `Σ x · y`; the slices have one length.
    pub(crate) fn dot(x: &[f32], y: &[f32]) -> f32 => dot_body
}

#[inline(always)]
pub(crate) fn dot_body<S: Simd>(x: &[f32], y: &[f32]) -> f32 {
    assert_eq!(x.len(), y.len(), "slices of different lengths");
    let (x, y, len) = (x.as_ptr(), y.as_ptr(), y.len());
    fold!(len, |sum, at, load| S::fma(
        load(x.add(at)),
        load(y.add(at)),
        sum
    ))
}

dispatch! {
    /// `[Σ dy, Σ dy · (x − centre)]`; the slices have one length.
    pub(crate) fn gradient_sums(x: &[f32], dy: &[f32], centre: f32) -> [f32; 2]
        => gradient_sums_body
}

#[inline(always)]
fn gradient_sums_body<S: Simd>(x: &[f32], dy: &[f32], centre: f32) -> [f32; 2] {
    assert_eq!(x.len(), dy.len(), "slices of different lengths");
    let vector = S::splat(centre);
    let (x, gradient, len) = (x.as_ptr(), dy.as_ptr(), dy.len());
    let products = fold!(len, |sum, at, load| {
        let deviation = S::sub(load(x.add(at)), vector);
        S::fma(load(gradient.add(at)), deviation, sum)
    });
    [sum_body::<S>(dy), products]
}
