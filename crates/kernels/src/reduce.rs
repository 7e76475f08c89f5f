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
fn sum_body<S: Simd>(x: &[f32]) -> f32 {
    let from = x.as_ptr();
    fold!(x.len(), |sum, at, load| S::add(sum, load(from.add(at))))
}

dispatch! {
    /// `[Σ g, Σ g · (x − centre)]`, where `g` is `dy`, or zero where `y ≤ 0` if
    /// there is a `y`; the slices have one length.
    pub(crate) fn gradient_sums(x: &[f32], y: Option<&[f32]>, dy: &[f32], centre: f32) -> [f32; 2]
        => gradient_sums_body
}

#[inline(always)]
fn gradient_sums_body<S: Simd>(x: &[f32], y: Option<&[f32]>, dy: &[f32], centre: f32) -> [f32; 2] {
    let test = y.unwrap_or(dy);
    assert!(
        x.len() == dy.len() && test.len() == dy.len(),
        "slices of different lengths"
    );
    let masked = y.is_some();
    let vector = S::splat(centre);
    let (x, test, dy, len) = (x.as_ptr(), test.as_ptr(), dy.as_ptr(), dy.len());
    let mut sums = [S::splat(0.0); 2];
    let mut products = [S::splat(0.0); 2];
    let mut at = 0;
    // SAFETY: `at` plus the lanes read never exceeds the common length.
    unsafe {
        while at < len {
            let rest = len - at;
            let load = |from: *const f32| {
                if rest >= S::LANES {
                    S::load(from.add(at))
                } else {
                    S::load_part(from.add(at), rest)
                }
            };
            let gradient = load(dy);
            let gradient = if masked {
                S::where_positive(load(test), gradient)
            } else {
                gradient
            };
            let deviation = S::sub(load(x), vector);
            let slot = at / S::LANES % 2;
            sums[slot] = S::add(sums[slot], gradient);
            products[slot] = S::fma(gradient, deviation, products[slot]);
            at += S::LANES;
        }
    }
    [
        S::sum(S::add(sums[0], sums[1])),
        S::sum(S::add(products[0], products[1])),
    ]
}

dispatch! {
    /// `Σ (x − centre)²`
    pub(crate) fn squared_deviations(x: &[f32], centre: f32) -> f32 => squared_deviations_body
}

#[inline(always)]
fn squared_deviations_body<S: Simd>(x: &[f32], centre: f32) -> f32 {
    let from = x.as_ptr();
    let whole = x.len() / S::LANES * S::LANES;
    let vector = S::splat(centre);
    let sum = fold!(whole, |sum, at, load| {
        let deviation = S::sub(load(from.add(at)), vector);
        S::fma(deviation, deviation, sum)
    });
    // The missing lanes of a part would count as `centre²`.
    x[whole..].iter().fold(sum, |sum, value| {
        let deviation = value - centre;
        sum + deviation * deviation
    })
}
