//! Vectors that the compiler makes of plain Rust.

use super::vector::Simd;
use crate::bf16::{halves, pair};

/// Four lanes in plain Rust: one SSE or NEON register once compiled.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

#[inline(always)]
fn lanewise(a: [f32; 4], b: [f32; 4], op: impl Fn(f32, f32) -> f32) -> [f32; 4] {
    [
        op(a[0], b[0]),
        op(a[1], b[1]),
        op(a[2], b[2]),
        op(a[3], b[3]),
    ]
}

impl Simd for Portable {
    const LANES: usize = 4;
    const REGISTERS: usize = 16;
    const FUSED: bool = cfg!(target_arch = "aarch64");
    type V = [f32; 4];

    #[inline(always)]
    fn splat(value: f32) -> Self::V {
        [value; 4]
    }
    #[inline(always)]
    fn add(a: Self::V, b: Self::V) -> Self::V {
        lanewise(a, b, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(a: Self::V, b: Self::V) -> Self::V {
        lanewise(a, b, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(a: Self::V, b: Self::V) -> Self::V {
        lanewise(a, b, |a, b| a * b)
    }
    #[inline(always)]
    fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        // `mul_add` is one instruction on AArch64 and a slow call on old x86.
        if cfg!(target_arch = "aarch64") {
            std::array::from_fn(|lane| a[lane].mul_add(b[lane], c[lane]))
        } else {
            Self::add(Self::mul(a, b), c)
        }
    }
    #[inline(always)]
    fn where_positive(test: Self::V, value: Self::V) -> Self::V {
        lanewise(
            test,
            value,
            |test, value| if test > 0.0 { value } else { 0.0 },
        )
    }
    #[inline(always)]
    fn fnma(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        Self::fma([-a[0], -a[1], -a[2], -a[3]], b, c)
    }
    #[inline(always)]
    fn transpose(square: &mut [Self::V; 16]) {
        let [a, b, c, d, ..] = *square;
        for lane in 0..4 {
            square[lane] = [a[lane], b[lane], c[lane], d[lane]];
        }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        // SAFETY: the caller vouches for four floats.
        unsafe { from.cast::<Self::V>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::V) {
        // SAFETY: the caller vouches for four floats.
        unsafe { to.cast::<Self::V>().write_unaligned(value) }
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, count: usize) -> Self::V {
        let mut value = [0.0; 4];
        for lane in 0..count.min(4) {
            // SAFETY: the caller vouches for `count` floats.
            value[lane] = unsafe { from.add(lane).read() };
        }
        value
    }
    #[inline(always)]
    unsafe fn store_part(to: *mut f32, value: Self::V, count: usize) {
        for lane in 0..count.min(4) {
            // SAFETY: the caller vouches for `count` floats.
            unsafe { to.add(lane).write(value[lane]) };
        }
    }

    #[inline(always)]
    fn max(a: Self::V, b: Self::V) -> Self::V {
        lanewise(a, b, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn relu(value: Self::V) -> Self::V {
        value.map(|value| if value <= 0.0 { 0.0 } else { value })
    }
    #[inline(always)]
    fn where_equal(a: Self::V, b: Self::V, value: Self::V) -> Self::V {
        std::array::from_fn(|lane| if a[lane] == b[lane] { value[lane] } else { 0.0 })
    }
    #[inline(always)]
    fn winner<const NAN: bool>(best: [Self::V; 2], tap: [Self::V; 2]) -> [Self::V; 2] {
        let mut winner = best;
        for lane in 0..4 {
            let wins = tap[0][lane] > best[0][lane] || (NAN && tap[0][lane].is_nan());
            for part in 0..2 {
                winner[part][lane] = if wins {
                    tap[part][lane]
                } else {
                    best[part][lane]
                };
            }
        }
        winner
    }
    #[inline(always)]
    fn deinterleave(low: Self::V, high: Self::V) -> [Self::V; 2] {
        [
            [low[0], low[2], high[0], high[2]],
            [low[1], low[3], high[1], high[3]],
        ]
    }
    #[inline(always)]
    fn interleave(even: Self::V, odd: Self::V) -> [Self::V; 2] {
        [
            [even[0], odd[0], even[1], odd[1]],
            [even[2], odd[2], even[3], odd[3]],
        ]
    }
    #[inline(always)]
    fn shift_in(value: Self::V, first: f32) -> Self::V {
        [first, value[0], value[1], value[2]]
    }
    #[inline(always)]
    unsafe fn load_or(from: *const f32, count: usize, other: Self::V) -> Self::V {
        let mut value = other;
        for lane in 0..count.min(4) {
            // SAFETY: the caller vouches for `count` floats.
            value[lane] = unsafe { from.add(lane).read() };
        }
        value
    }
    #[inline(always)]
    fn pairs(even: Self::V, odd: Self::V) -> Self::V {
        lanewise(even, odd, pair)
    }
    #[inline(always)]
    fn halves(words: Self::V) -> [Self::V; 2] {
        [
            lanewise(words, words, |word, _| halves(word)[0]),
            lanewise(words, words, |word, _| halves(word)[1]),
        ]
    }
}
