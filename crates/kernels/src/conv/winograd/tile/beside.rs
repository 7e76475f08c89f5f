//! Two algorithms beside each other.

use std::marker::PhantomData;

use super::line::{Analysis, LONGEST, Line, Products, Synthesis, Transposed, Triple};
use crate::simd::Simd;

/// The outputs of `A`, then those of `B`: a line of unequal halves. Both take the
/// same points of the taps.
pub(crate) struct Beside<A, B>(PhantomData<(A, B)>);

/// The values from `first` on.
#[inline(always)]
fn from<S: Simd>(line: Line<S>, first: usize) -> Line<S> {
    let mut rest = [S::splat(0.0); LONGEST];
    rest[..LONGEST - first].copy_from_slice(&line[first..]);
    rest
}

/// The first `count` values of `a`, then those of `b`.
#[inline(always)]
fn join<S: Simd>(a: Line<S>, count: usize, b: Line<S>) -> Line<S> {
    let mut line = a;
    line[count..].copy_from_slice(&b[..LONGEST - count]);
    line
}

impl<A: Analysis, B: Analysis> Analysis for Beside<A, B> {
    const PIXELS: usize = A::STEP + B::PIXELS;
    const STEP: usize = A::STEP + B::STEP;
    const POINTS: usize = A::POINTS + B::POINTS;

    #[inline(always)]
    fn points<S: Simd>(x: Line<S>) -> Line<S> {
        let b = B::points::<S>(from::<S>(x, A::STEP));
        join::<S>(A::points::<S>(x), A::POINTS, b)
    }
}

impl<A: Synthesis, B: Synthesis> Synthesis for Beside<A, B> {
    const PIXELS: usize = A::PIXELS + B::PIXELS;
    const POINTS: usize = A::POINTS + B::POINTS;

    #[inline(always)]
    fn pixels<S: Simd>(m: Line<S>) -> Line<S> {
        let b = B::pixels::<S>(from::<S>(m, A::POINTS));
        join::<S>(A::pixels::<S>(m), A::PIXELS, b)
    }
}

impl<A: Transposed, B: Transposed> Transposed for Beside<A, B> {
    #[inline(always)]
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S> {
        let b = B::gradient_points::<S>(from::<S>(y, A::PIXELS));
        join::<S>(A::gradient_points::<S>(y), A::POINTS, b)
    }
}

impl<A: Products, B: Products> Products for Beside<A, B> {
    fn products() -> Vec<Triple> {
        let shifted = |product: Triple| Triple {
            input: product.input + <A as Analysis>::POINTS,
            output: product.output + <A as Synthesis>::POINTS,
            ..product
        };
        let mut products = A::products();
        products.extend(B::products().into_iter().map(shifted));
        products
    }
}
