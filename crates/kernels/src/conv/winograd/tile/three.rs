//! Three outputs of stride 1.

use super::four::{A, A2, B, B2};
use super::line::{Analysis, Line, Products, Synthesis, Transposed, Triple, line};
use crate::simd::Simd;

/// Three outputs from five inputs: interpolation at all points of
/// [`Four`](super::Four) but -b, with its taps.
pub(crate) struct Three;

impl Analysis for Three {
    const PIXELS: usize = 5;
    const STEP: usize = 3;
    const POINTS: usize = 5;

    #[inline(always)]
    fn points<S: Simd>(x: Line<S>) -> Line<S> {
        let (a, b, a2) = (S::splat(A), S::splat(B), S::splat(A2));
        let at_b = S::fnma(a2, x[1], x[3]);
        let [u0, u1, u2, u3] = std::array::from_fn(|at| S::fnma(b, x[at], x[at + 1]));
        // The taps are divided by the distances from -b too.
        line::<S, _>([
            S::mul(b, S::fnma(a2, u0, u2)),
            S::mul(S::splat(B + A), S::fma(a, u1, u2)),
            S::mul(S::splat(B - A), S::fnma(a, u1, u2)),
            S::mul(S::splat(2.0 * B), at_b),
            S::fnma(a2, u1, u3),
        ])
    }
}

impl Synthesis for Three {
    const PIXELS: usize = 3;
    const POINTS: usize = 5;

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        let (sum, difference) = (S::add(m[1], m[2]), S::sub(m[1], m[2]));
        line::<S, _>([
            S::add(S::add(m[0], m[3]), sum),
            S::fma(S::splat(A), difference, S::mul(S::splat(B), m[3])),
            S::fma(S::splat(A2), sum, S::fma(S::splat(B2), m[3], m[4])),
        ])
    }
}

impl Transposed for Three {
    #[inline(always)]
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S> {
        let (a, b) = (S::splat(A), S::splat(B));
        let even = S::fma(S::splat(A2), y[2], y[0]);
        line::<S, _>([
            y[0],
            S::fma(a, y[1], even),
            S::fnma(a, y[1], even),
            S::fma(b, S::fma(b, y[2], y[1]), y[0]),
            y[2],
        ])
    }
}

impl Products for Three {
    fn products() -> Vec<Triple> {
        let product = |(point, taps)| Triple {
            input: point,
            taps,
            output: point,
        };
        [0, 1, 2, 3, 5]
            .into_iter()
            .enumerate()
            .map(product)
            .collect()
    }
}
