//! A whole map of two pixels.

use super::line::{Analysis, Line, Products, Synthesis, Taps, Transposed, Triple, line};
use crate::simd::Simd;

/// A whole map of at most two pixels, padded by one: the outer taps meet one pixel
/// each, and three products do for the four of the direct sum.
pub(crate) struct Two;

impl Analysis for Two {
    const PIXELS: usize = 2;
    const STEP: usize = 2;
    const POINTS: usize = 3;

    #[inline(always)]
    fn points<S: Simd>(x: Line<S>) -> Line<S> {
        line::<S, _>([S::add(x[0], x[1]), x[1], x[0]])
    }
}

impl Synthesis for Two {
    const PIXELS: usize = 2;
    const POINTS: usize = 3;

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        line::<S, _>([S::add(m[0], m[1]), S::add(m[0], m[2])])
    }
}

impl Transposed for Two {
    #[inline(always)]
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S> {
        line::<S, _>([S::add(y[0], y[1]), y[0], y[1]])
    }
}

impl Products for Two {
    fn products() -> Vec<Triple> {
        let product = |point| Triple {
            input: point,
            taps: point,
            output: point,
        };
        (0..3).map(product).collect()
    }
}

impl Taps for Two {
    const POINTS: usize = 3;

    #[inline(always)]
    fn points<S: Simd>(w: [S::V; 3]) -> Line<S> {
        line::<S, _>([w[1], S::sub(w[2], w[1]), S::sub(w[0], w[1])])
    }

    #[inline(always)]
    fn gradient<S: Simd>(m: Line<S>) -> [S::V; 3] {
        [m[2], S::sub(m[0], S::add(m[1], m[2])), m[1]]
    }
}
