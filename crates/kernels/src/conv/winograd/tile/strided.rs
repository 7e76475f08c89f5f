//! Stride 2, and the gradient of its input.
//!
//! The outer taps meet every second pixel of the input, the middle one those
//! between: a filter of two taps and one of one tap, at the points of the same
//! interpolation. So `m` outputs take `m + 1` products for the outer taps, and `m`
//! for the middle one, whose points have all the same weight.

use std::marker::PhantomData;

use super::filter::{A, B, Filter};
use super::line::{Analysis, LONGEST, Line, Products, Synthesis, Taps, Transposed, Triple, line};
use crate::simd::Simd;

/// The outputs of a filter: its points are those of the outer taps, then those of
/// the middle one.
pub(crate) struct Halved<F>(PhantomData<F>);

impl<F: Filter> Analysis for Halved<F> {
    const PIXELS: usize = 2 * F::OUTPUT + 1;
    const STEP: usize = 2 * F::OUTPUT;
    const POINTS: usize = 2 * F::OUTPUT + 1;

    #[inline(always)]
    fn points<S: Simd>(x: Line<S>) -> Line<S> {
        let (mut outer, mut middle) = ([S::splat(0.0); LONGEST], [S::splat(0.0); LONGEST]);
        for at in 0..F::OUTPUT {
            outer[at] = x[2 * at];
            middle[at] = x[2 * at + 1];
        }
        outer[F::OUTPUT] = x[2 * F::OUTPUT];
        let (mut points, middle) = (F::points::<S>(outer), F::points::<S>(middle));
        for at in 0..F::OUTPUT {
            points[F::OUTPUT + 1 + at] = middle[at];
        }
        points
    }
}

impl<F: Filter> Synthesis for Halved<F> {
    const PIXELS: usize = F::OUTPUT;
    const POINTS: usize = F::OUTPUT + 1;

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        F::pixels::<S>(m)
    }
}

impl<F: Filter> Transposed for Halved<F> {
    #[inline(always)]
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S> {
        F::gradient_points::<S>(y)
    }
}

impl<F: Filter> Products for Halved<F> {
    fn products() -> Vec<Triple> {
        let product = |(input, (output, taps))| Triple {
            input,
            taps,
            output,
        };
        products::<F>().enumerate().map(product).collect()
    }
}

/// The point of the filter and that of the taps in every product: of the outer taps,
/// then of the middle one.
fn products<F: Filter>() -> impl Iterator<Item = (usize, usize)> {
    let outer = F::TAPS.iter().copied().enumerate();
    let middle = (0..F::OUTPUT).map(|point| (point, F::ONE_TAP));
    outer.chain(middle)
}

/// Two pixels of the input's gradient for each output of a filter over the
/// output's gradient. The taps are turned; the first pixel, and every second after
/// it, meets the middle one.
pub(crate) struct Doubled<F>(PhantomData<F>);

impl<F: Filter> Analysis for Doubled<F> {
    const PIXELS: usize = F::OUTPUT + 1;
    const STEP: usize = F::OUTPUT;
    const POINTS: usize = F::OUTPUT + 1;

    #[inline(always)]
    fn points<S: Simd>(y: Line<S>) -> Line<S> {
        F::points::<S>(y)
    }
}

impl<F: Filter> Synthesis for Doubled<F> {
    const PIXELS: usize = 2 * F::OUTPUT;
    const POINTS: usize = 2 * F::OUTPUT + 1;

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        let mut of_middle = [S::splat(0.0); LONGEST];
        for at in 0..F::OUTPUT {
            of_middle[at] = m[F::OUTPUT + 1 + at];
        }
        let (outer, middle) = (F::pixels::<S>(m), F::pixels::<S>(of_middle));
        let mut pixels = [S::splat(0.0); LONGEST];
        for at in 0..F::OUTPUT {
            pixels[2 * at] = middle[at];
            pixels[2 * at + 1] = outer[at];
        }
        pixels
    }
}

impl<F: Filter> Products for Doubled<F> {
    fn products() -> Vec<Triple> {
        let product = |(output, (input, taps))| Triple {
            input,
            taps,
            output,
        };
        products::<F>().enumerate().map(product).collect()
    }
}

/// The taps of the filters of three and four outputs.
pub(crate) struct EvenTaps;

impl Taps for EvenTaps {
    const POINTS: usize = 6;

    #[inline(always)]
    fn points<S: Simd>(w: [S::V; 3]) -> Line<S> {
        let (a, b) = (S::splat(A), S::splat(B));
        line::<S, _>([
            S::fma(a, w[2], w[0]),
            S::fnma(a, w[2], w[0]),
            S::fma(b, w[2], w[0]),
            S::fnma(b, w[2], w[0]),
            w[2],
            w[1],
        ])
    }

    #[inline(always)]
    fn gradient<S: Simd>(m: Line<S>) -> [S::V; 3] {
        let first = S::add(S::add(m[0], m[1]), S::add(m[2], m[3]));
        let last = S::fma(S::splat(A), S::sub(m[0], m[1]), m[4]);
        let last = S::fma(S::splat(B), S::sub(m[2], m[3]), last);
        [first, m[5], last]
    }
}

/// The taps of the filter of two outputs.
pub(crate) struct EvenTwoTaps;

impl Taps for EvenTwoTaps {
    const POINTS: usize = 4;

    #[inline(always)]
    fn points<S: Simd>(w: [S::V; 3]) -> Line<S> {
        line::<S, _>([S::add(w[0], w[2]), S::sub(w[0], w[2]), w[2], w[1]])
    }

    #[inline(always)]
    fn gradient<S: Simd>(m: Line<S>) -> [S::V; 3] {
        let last = S::add(S::sub(m[0], m[1]), m[2]);
        [S::add(m[0], m[1]), m[3], last]
    }
}
