//! Four outputs of stride 1.

use super::line::{Analysis, Line, Products, Synthesis, Taps, Transposed, Triple, line};
use crate::simd::Simd;

/// Four outputs from six inputs: interpolation at 0, ±a, ±b and infinity. These
/// points round half as much as the usual 0, ±1 and ±2, and their products are
/// exact in binary.
pub(crate) struct Four;

pub(super) const A: f32 = 0.75;
pub(super) const B: f32 = 1.5;
pub(super) const A2: f32 = A * A;
pub(super) const B2: f32 = B * B;
const A3: f32 = A * A * A;
const B3: f32 = B * B * B;
/// One over the product of a point's distances from the others: at 0, ±a, ±b.
const AT_0: f32 = 1.0 / (A2 * B2);
const AT_A: f32 = 1.0 / (2.0 * A2 * (A2 - B2));
const AT_B: f32 = 1.0 / (2.0 * B2 * (B2 - A2));

impl Analysis for Four {
    const PIXELS: usize = 6;
    const STEP: usize = 4;
    const POINTS: usize = 6;

    #[inline(always)]
    fn points<S: Simd>(x: Line<S>) -> Line<S> {
        let (a, b, a2, b2) = (S::splat(A), S::splat(B), S::splat(A2), S::splat(B2));
        let (sum, product) = (S::splat(A2 + B2), S::splat(A2 * B2));
        let even_a = S::fnma(b2, x[2], x[4]);
        let odd_a = S::fnma(b2, x[1], x[3]);
        let even_b = S::fnma(a2, x[2], x[4]);
        let odd_b = S::fnma(a2, x[1], x[3]);
        line::<S, _>([
            S::fma(product, x[0], S::fnma(sum, x[2], x[4])),
            S::fma(a, odd_a, even_a),
            S::fnma(a, odd_a, even_a),
            S::fma(b, odd_b, even_b),
            S::fnma(b, odd_b, even_b),
            S::fma(product, x[1], S::fnma(sum, x[3], x[5])),
        ])
    }
}

impl Synthesis for Four {
    const PIXELS: usize = 4;
    const POINTS: usize = 6;

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        let (sum_a, difference_a) = (S::add(m[1], m[2]), S::sub(m[1], m[2]));
        let (sum_b, difference_b) = (S::add(m[3], m[4]), S::sub(m[3], m[4]));
        let y3 = S::fma(S::splat(A3), difference_a, m[5]);
        line::<S, _>([
            S::add(m[0], S::add(sum_a, sum_b)),
            S::fma(S::splat(A), difference_a, S::mul(S::splat(B), difference_b)),
            S::fma(S::splat(A2), sum_a, S::mul(S::splat(B2), sum_b)),
            S::fma(S::splat(B3), difference_b, y3),
        ])
    }
}

impl Transposed for Four {
    #[inline(always)]
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S> {
        let (a, b, a2, b2) = (S::splat(A), S::splat(B), S::splat(A2), S::splat(B2));
        let even_a = S::fma(a2, y[2], y[0]);
        let odd_a = S::fma(a2, y[3], y[1]);
        let even_b = S::fma(b2, y[2], y[0]);
        let odd_b = S::fma(b2, y[3], y[1]);
        line::<S, _>([
            y[0],
            S::fma(a, odd_a, even_a),
            S::fnma(a, odd_a, even_a),
            S::fma(b, odd_b, even_b),
            S::fnma(b, odd_b, even_b),
            y[3],
        ])
    }
}

impl Products for Four {
    fn products() -> Vec<Triple> {
        let product = |point| Triple {
            input: point,
            taps: point,
            output: point,
        };
        (0..6).map(product).collect()
    }
}

impl Taps for Four {
    const POINTS: usize = 6;

    #[inline(always)]
    fn points<S: Simd>(w: [S::V; 3]) -> Line<S> {
        let even_a = S::fma(S::splat(AT_A * A2), w[2], S::mul(S::splat(AT_A), w[0]));
        let even_b = S::fma(S::splat(AT_B * B2), w[2], S::mul(S::splat(AT_B), w[0]));
        let (odd_a, odd_b) = (S::splat(AT_A * A), S::splat(AT_B * B));
        line::<S, _>([
            S::mul(S::splat(AT_0), w[0]),
            S::fma(odd_a, w[1], even_a),
            S::fnma(odd_a, w[1], even_a),
            S::fma(odd_b, w[1], even_b),
            S::fnma(odd_b, w[1], even_b),
            w[2],
        ])
    }

    #[inline(always)]
    fn gradient<S: Simd>(m: Line<S>) -> [S::V; 3] {
        let (sum_a, difference_a) = (S::add(m[1], m[2]), S::sub(m[1], m[2]));
        let (sum_b, difference_b) = (S::add(m[3], m[4]), S::sub(m[3], m[4]));
        let w0 = S::fma(S::splat(AT_B), sum_b, S::mul(S::splat(AT_0), m[0]));
        let w2 = S::fma(S::splat(AT_B * B2), sum_b, m[5]);
        [
            S::fma(S::splat(AT_A), sum_a, w0),
            S::fma(
                S::splat(AT_A * A),
                difference_a,
                S::mul(S::splat(AT_B * B), difference_b),
            ),
            S::fma(S::splat(AT_A * A2), sum_a, w2),
        ]
    }
}
