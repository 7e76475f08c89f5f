//! Filters of two taps: `y[i] = w[0] · x[i] + w[1] · x[i + 1]`.
//!
//! The points of the taps are `w[0] + p · w[1]` and, at infinity, `w[1]`: with a
//! second tap of zero they are all the first one, and there is no product at
//! infinity.

use super::line::{Line, line};
use crate::simd::Simd;

/// Minimal filtering with one point more than outputs, the last one at infinity;
/// no other depends on the pixel after the outputs.
pub(crate) trait Filter {
    const OUTPUT: usize;
    /// The point of the taps that each point meets.
    const TAPS: &[usize];
    /// The point of the single tap.
    const ONE_TAP: usize;

    fn points<S: Simd>(x: Line<S>) -> Line<S>;
    fn pixels<S: Simd>(m: Line<S>) -> Line<S>;
    /// The gradient of the outputs to points.
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S>;
}

/// The points ±a, ±b and infinity round least.
pub(super) const A: f32 = 0.5;
pub(super) const B: f32 = 1.5;
const A2: f32 = A * A;
const B2: f32 = B * B;
const A3: f32 = A * A * A;
const B3: f32 = B * B * B;

/// At all points.
pub(crate) struct FilterFour;

impl Filter for FilterFour {
    const OUTPUT: usize = 4;
    const TAPS: &[usize] = &[0, 1, 2, 3, 4];
    const ONE_TAP: usize = 5;

    #[inline(always)]
    fn points<S: Simd>(x: Line<S>) -> Line<S> {
        // One over the product of a point's distances from the others, times the point.
        const AT_A: f32 = 0.5 / (A2 - B2);
        const AT_B: f32 = 0.5 / (B2 - A2);
        let (a2, b2) = (S::splat(A2), S::splat(B2));
        let even_a = S::mul(S::splat(AT_A), S::fnma(b2, x[0], x[2]));
        let even_b = S::mul(S::splat(AT_B), S::fnma(a2, x[0], x[2]));
        let odd_a = S::fnma(b2, x[1], x[3]);
        let odd_b = S::fnma(a2, x[1], x[3]);
        let (a, b) = (S::splat(AT_A / A), S::splat(AT_B / B));
        let last = S::fnma(S::splat(A2 + B2), x[2], x[4]);
        line::<S, _>([
            S::fma(a, odd_a, even_a),
            S::fnma(a, odd_a, even_a),
            S::fma(b, odd_b, even_b),
            S::fnma(b, odd_b, even_b),
            S::fma(S::splat(A2 * B2), x[0], last),
        ])
    }

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        let (sum_a, difference_a) = (S::add(m[0], m[1]), S::sub(m[0], m[1]));
        let (sum_b, difference_b) = (S::add(m[2], m[3]), S::sub(m[2], m[3]));
        let y1 = S::mul(S::splat(B), difference_b);
        let y2 = S::mul(S::splat(B2), sum_b);
        let y3 = S::fma(S::splat(B3), difference_b, m[4]);
        line::<S, _>([
            S::add(sum_a, sum_b),
            S::fma(S::splat(A), difference_a, y1),
            S::fma(S::splat(A2), sum_a, y2),
            S::fma(S::splat(A3), difference_a, y3),
        ])
    }

    #[inline(always)]
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S> {
        let (a, b, a2, b2) = (S::splat(A), S::splat(B), S::splat(A2), S::splat(B2));
        let even_a = S::fma(a2, y[2], y[0]);
        let odd_a = S::fma(a2, y[3], y[1]);
        let even_b = S::fma(b2, y[2], y[0]);
        let odd_b = S::fma(b2, y[3], y[1]);
        line::<S, _>([
            S::fma(a, odd_a, even_a),
            S::fnma(a, odd_a, even_a),
            S::fma(b, odd_b, even_b),
            S::fnma(b, odd_b, even_b),
            y[3],
        ])
    }
}

/// At all points but -b.
pub(crate) struct FilterThree;

impl Filter for FilterThree {
    const OUTPUT: usize = 3;
    const TAPS: &[usize] = &[0, 1, 2, 4];
    const ONE_TAP: usize = 5;

    #[inline(always)]
    fn points<S: Simd>(x: Line<S>) -> Line<S> {
        // One over the product of a point's distances from the others.
        const PLUS_A: f32 = 0.5 / (A * (A - B));
        const MINUS_A: f32 = 0.5 / (A * (A + B));
        const AT_B: f32 = 1.0 / (B2 - A2);
        let (a, b, a2) = (S::splat(A), S::splat(B), S::splat(A2));
        let at_b = S::fnma(a2, x[0], x[2]);
        let [u0, u1, u2] = std::array::from_fn(|at| S::fnma(b, x[at], x[at + 1]));
        line::<S, _>([
            S::mul(S::splat(PLUS_A), S::fma(a, u0, u1)),
            S::mul(S::splat(MINUS_A), S::fnma(a, u0, u1)),
            S::mul(S::splat(AT_B), at_b),
            S::fnma(a2, u0, u2),
        ])
    }

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        let (sum, difference) = (S::add(m[0], m[1]), S::sub(m[0], m[1]));
        line::<S, _>([
            S::add(sum, m[2]),
            S::fma(S::splat(A), difference, S::mul(S::splat(B), m[2])),
            S::fma(S::splat(A2), sum, S::fma(S::splat(B2), m[2], m[3])),
        ])
    }

    #[inline(always)]
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S> {
        let (a, b) = (S::splat(A), S::splat(B));
        let even = S::fma(S::splat(A2), y[2], y[0]);
        line::<S, _>([
            S::fma(a, y[1], even),
            S::fnma(a, y[1], even),
            S::fma(b, S::fma(b, y[2], y[1]), y[0]),
            y[2],
        ])
    }
}

/// At 1, -1 and infinity.
pub(crate) struct FilterTwo;

impl Filter for FilterTwo {
    const OUTPUT: usize = 2;
    const TAPS: &[usize] = &[0, 1, 2];
    const ONE_TAP: usize = 3;

    #[inline(always)]
    fn points<S: Simd>(x: Line<S>) -> Line<S> {
        let half = S::splat(0.5);
        line::<S, _>([
            S::mul(half, S::add(x[0], x[1])),
            S::mul(half, S::sub(x[0], x[1])),
            S::sub(x[2], x[0]),
        ])
    }

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        line::<S, _>([S::add(m[0], m[1]), S::add(S::sub(m[0], m[1]), m[2])])
    }

    #[inline(always)]
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S> {
        line::<S, _>([S::add(y[0], y[1]), S::sub(y[0], y[1]), y[1]])
    }
}
