//! The one-dimensional bilinear algorithms; a tile applies one to its rows and
//! its columns.
//!
//! Each computes `y = Γ(α·x ⊙ β·w)` for the three taps `w`, with one product per
//! point. The gradient of the weights is the same sum read the other way round:
//! `dw = βᵀ(α·x ⊙ Γᵀ·dy)`.

use crate::simd::Simd;

/// Points of the largest algorithm.
pub(crate) const MAX_POINTS: usize = 6;

/// One vector per pixel, point or tap of a line; the unused ones are ignored.
pub(crate) type Line<S> = [<S as Simd>::V; MAX_POINTS];

/// Which algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Four,
    Two,
}

impl Kind {
    pub(crate) fn points(self) -> usize {
        match self {
            Self::Four => Four::POINTS,
            Self::Two => Two::POINTS,
        }
    }

    /// Input pixels of a tile.
    pub(crate) fn input(self) -> usize {
        match self {
            Self::Four => Four::INPUT,
            Self::Two => Two::INPUT,
        }
    }

    /// Output pixels of a tile.
    pub(crate) fn output(self) -> usize {
        match self {
            Self::Four => Four::OUTPUT,
            Self::Two => Two::OUTPUT,
        }
    }
}

pub(crate) trait Tile {
    const POINTS: usize;
    /// Input pixels.
    const INPUT: usize;
    /// Output pixels.
    const OUTPUT: usize;

    /// `α`: pixels of the input to points.
    fn input<S: Simd>(x: Line<S>) -> Line<S>;
    /// `β`: taps to points.
    fn taps<S: Simd>(w: Line<S>) -> Line<S>;
    /// `Γ`: points to pixels of the output.
    fn output<S: Simd>(m: Line<S>) -> Line<S>;
    /// `Γᵀ`: pixels of the output's gradient to points.
    fn output_gradient<S: Simd>(y: Line<S>) -> Line<S>;
    /// `βᵀ`: points to the gradients of the taps.
    fn taps_gradient<S: Simd>(m: Line<S>) -> Line<S>;
}

/// Four outputs from six inputs: interpolation at 0, ±a, ±b and infinity. These
/// points round half as much as the usual 0, ±1 and ±2, and their products are
/// exact in binary.
pub(crate) struct Four;

const A: f32 = 0.75;
const B: f32 = 1.5;
const A2: f32 = A * A;
const B2: f32 = B * B;
const A3: f32 = A * A * A;
const B3: f32 = B * B * B;
/// One over the product of a point's distances from the others: at 0, ±a, ±b.
const AT_0: f32 = 1.0 / (A2 * B2);
const AT_A: f32 = 1.0 / (2.0 * A2 * (A2 - B2));
const AT_B: f32 = 1.0 / (2.0 * B2 * (B2 - A2));

impl Tile for Four {
    const POINTS: usize = 6;
    const INPUT: usize = 6;
    const OUTPUT: usize = 4;

    #[inline(always)]
    fn input<S: Simd>(x: Line<S>) -> Line<S> {
        let (a, b, a2, b2) = (S::splat(A), S::splat(B), S::splat(A2), S::splat(B2));
        let (sum, product) = (S::splat(A2 + B2), S::splat(A2 * B2));
        let even_a = S::fnma(b2, x[2], x[4]);
        let odd_a = S::fnma(b2, x[1], x[3]);
        let even_b = S::fnma(a2, x[2], x[4]);
        let odd_b = S::fnma(a2, x[1], x[3]);
        [
            S::fma(product, x[0], S::fnma(sum, x[2], x[4])),
            S::fma(a, odd_a, even_a),
            S::fnma(a, odd_a, even_a),
            S::fma(b, odd_b, even_b),
            S::fnma(b, odd_b, even_b),
            S::fma(product, x[1], S::fnma(sum, x[3], x[5])),
        ]
    }

    #[inline(always)]
    fn taps<S: Simd>(w: Line<S>) -> Line<S> {
        let even_a = S::fma(S::splat(AT_A * A2), w[2], S::mul(S::splat(AT_A), w[0]));
        let even_b = S::fma(S::splat(AT_B * B2), w[2], S::mul(S::splat(AT_B), w[0]));
        let (odd_a, odd_b) = (S::splat(AT_A * A), S::splat(AT_B * B));
        [
            S::mul(S::splat(AT_0), w[0]),
            S::fma(odd_a, w[1], even_a),
            S::fnma(odd_a, w[1], even_a),
            S::fma(odd_b, w[1], even_b),
            S::fnma(odd_b, w[1], even_b),
            w[2],
        ]
    }

    #[inline(always)]
    fn output<S: Simd>(m: Line<S>) -> Line<S> {
        let (sum_a, difference_a) = (S::add(m[1], m[2]), S::sub(m[1], m[2]));
        let (sum_b, difference_b) = (S::add(m[3], m[4]), S::sub(m[3], m[4]));
        let y3 = S::fma(S::splat(A3), difference_a, m[5]);
        [
            S::add(m[0], S::add(sum_a, sum_b)),
            S::fma(S::splat(A), difference_a, S::mul(S::splat(B), difference_b)),
            S::fma(S::splat(A2), sum_a, S::mul(S::splat(B2), sum_b)),
            S::fma(S::splat(B3), difference_b, y3),
            m[4],
            m[5],
        ]
    }

    #[inline(always)]
    fn output_gradient<S: Simd>(y: Line<S>) -> Line<S> {
        let (a, b, a2, b2) = (S::splat(A), S::splat(B), S::splat(A2), S::splat(B2));
        let even_a = S::fma(a2, y[2], y[0]);
        let odd_a = S::fma(a2, y[3], y[1]);
        let even_b = S::fma(b2, y[2], y[0]);
        let odd_b = S::fma(b2, y[3], y[1]);
        [
            y[0],
            S::fma(a, odd_a, even_a),
            S::fnma(a, odd_a, even_a),
            S::fma(b, odd_b, even_b),
            S::fnma(b, odd_b, even_b),
            y[3],
        ]
    }

    #[inline(always)]
    fn taps_gradient<S: Simd>(m: Line<S>) -> Line<S> {
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
            m[3],
            m[4],
            m[5],
        ]
    }
}

/// A whole map of at most two pixels, padded by one: the outer taps meet one pixel
/// each, and three products do for the four of the direct sum.
pub(crate) struct Two;

impl Tile for Two {
    const POINTS: usize = 3;
    const INPUT: usize = 2;
    const OUTPUT: usize = 2;

    #[inline(always)]
    fn input<S: Simd>(x: Line<S>) -> Line<S> {
        [S::add(x[0], x[1]), x[1], x[0], x[3], x[4], x[5]]
    }

    #[inline(always)]
    fn taps<S: Simd>(w: Line<S>) -> Line<S> {
        let [after, before] = [S::sub(w[2], w[1]), S::sub(w[0], w[1])];
        [w[1], after, before, w[3], w[4], w[5]]
    }

    #[inline(always)]
    fn output<S: Simd>(m: Line<S>) -> Line<S> {
        [
            S::add(m[0], m[1]),
            S::add(m[0], m[2]),
            m[2],
            m[3],
            m[4],
            m[5],
        ]
    }

    #[inline(always)]
    fn output_gradient<S: Simd>(y: Line<S>) -> Line<S> {
        [S::add(y[0], y[1]), y[0], y[1], y[3], y[4], y[5]]
    }

    #[inline(always)]
    fn taps_gradient<S: Simd>(m: Line<S>) -> Line<S> {
        let middle = S::sub(m[0], S::add(m[1], m[2]));
        [m[2], middle, m[1], m[3], m[4], m[5]]
    }
}
