//! What the bilinear algorithms of a line have in common.
//!
//! Each computes the sums `y` of the pixels `x` of a line under three taps `w`.
//! Input, taps and output are transformed to points of their own, and every product
//! is that of a point of the input and one of the taps, for one of the output:
//! `y = Γ·m`, each `m` the sum of its products of `α·x` and `β·w`. The gradient of
//! the weights is the same sum read the other way round, `dw = βᵀ·n`, each `n` the
//! sum of its products of `α·x` and `Γᵀ·dy`.

use std::marker::PhantomData;

use crate::simd::Simd;

/// The longest line: pixels or points.
pub(crate) const LONGEST: usize = 16;
/// The most points that taps have.
pub(crate) const MOST_TAP_POINTS: usize = 6;

/// One vector per pixel, point or tap of a line; the unused ones are ignored.
pub(crate) type Line<S> = [<S as Simd>::V; LONGEST];

/// A line of `values`, and zeros.
#[inline(always)]
pub(super) fn line<S: Simd, const COUNT: usize>(values: [S::V; COUNT]) -> Line<S> {
    let mut line = [S::splat(0.0); LONGEST];
    line[..COUNT].copy_from_slice(&values);
    line
}

/// Maps to points: `α`.
pub(crate) trait Analysis {
    const PIXELS: usize;
    /// Pixels from one tile to the next.
    const STEP: usize;
    const POINTS: usize;

    fn points<S: Simd>(x: Line<S>) -> Line<S>;
}

/// Points to maps, whose tiles do not overlap: `Γ`.
pub(crate) trait Synthesis {
    const PIXELS: usize;
    const POINTS: usize;

    fn pixels<S: Simd>(m: Line<S>) -> Line<S>;
}

/// `Γᵀ`: the gradient of pixels to points.
pub(crate) trait Transposed: Synthesis {
    fn gradient_points<S: Simd>(y: Line<S>) -> Line<S>;
}

/// Which points are multiplied.
pub(crate) trait Products: Analysis + Synthesis {
    /// The products of a line, in no order.
    fn products() -> Vec<Triple>;
}

/// The points of the input, the taps and the output that meet in a product; for
/// tiles, their frequencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Triple {
    pub input: usize,
    pub taps: usize,
    pub output: usize,
}

/// Three taps to points and back.
pub(crate) trait Taps {
    const POINTS: usize;

    /// `β`.
    fn points<S: Simd>(w: [S::V; 3]) -> Line<S>;
    /// `βᵀ`: points to the gradients of the taps.
    fn gradient<S: Simd>(m: Line<S>) -> [S::V; 3];
}

/// The analysis of the gradient of what `T` makes.
pub(crate) struct OutputGradient<T>(PhantomData<T>);

impl<T: Transposed> Analysis for OutputGradient<T> {
    const PIXELS: usize = T::PIXELS;
    const STEP: usize = T::PIXELS;
    const POINTS: usize = T::POINTS;

    #[inline(always)]
    fn points<S: Simd>(y: Line<S>) -> Line<S> {
        T::gradient_points::<S>(y)
    }
}
