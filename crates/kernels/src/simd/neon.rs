//! The vectors of NEON.

use super::vector::Simd;
use std::arch::aarch64::*;

/// Four lanes.
#[derive(Clone, Copy)]
pub(crate) struct Neon;

impl Simd for Neon {
    const LANES: usize = 4;
    const REGISTERS: usize = 32;
    const FUSED: bool = true;
    type V = float32x4_t;

    #[inline(always)]
    fn splat(value: f32) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vdupq_n_f32(value) }
    }
    #[inline(always)]
    fn add(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vaddq_f32(a, b) }
    }
    #[inline(always)]
    fn sub(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vsubq_f32(a, b) }
    }
    #[inline(always)]
    fn mul(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vmulq_f32(a, b) }
    }
    #[inline(always)]
    fn fma(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vfmaq_f32(c, a, b) }
    }
    #[inline(always)]
    fn where_positive(test: float32x4_t, value: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe {
            let mask = vcgtzq_f32(test);
            vreinterpretq_f32_u32(vandq_u32(mask, vreinterpretq_u32_f32(value)))
        }
    }
    #[inline(always)]
    fn fnma(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vfmsq_f32(c, a, b) }
    }
    #[inline(always)]
    fn transpose(square: &mut [float32x4_t; 16]) {
        let [a, b, c, d, ..] = *square;
        // SAFETY: see the trait.
        unsafe {
            let (ac_low, ac_high) = (vzip1q_f32(a, c), vzip2q_f32(a, c));
            let (bd_low, bd_high) = (vzip1q_f32(b, d), vzip2q_f32(b, d));
            square[0] = vzip1q_f32(ac_low, bd_low);
            square[1] = vzip2q_f32(ac_low, bd_low);
            square[2] = vzip1q_f32(ac_high, bd_high);
            square[3] = vzip2q_f32(ac_high, bd_high);
        }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> float32x4_t {
        // SAFETY: the caller vouches for four floats.
        unsafe { vld1q_f32(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: float32x4_t) {
        // SAFETY: the caller vouches for four floats.
        unsafe { vst1q_f32(to, value) }
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, count: usize) -> float32x4_t {
        // SAFETY: each arm reads `count` floats, at most four.
        unsafe {
            let zero = vdupq_n_f32(0.0);
            match count {
                0 => zero,
                1 => vld1q_lane_f32::<0>(from, zero),
                2 => vcombine_f32(vld1_f32(from), vdup_n_f32(0.0)),
                3 => {
                    let pair = vcombine_f32(vld1_f32(from), vdup_n_f32(0.0));
                    vld1q_lane_f32::<2>(from.add(2), pair)
                }
                _ => vld1q_f32(from),
            }
        }
    }
    #[inline(always)]
    unsafe fn load_even(from: *const f32, count: usize) -> float32x4_t {
        // SAFETY: float `2 · count − 2` is the last that is read.
        unsafe {
            if count >= 4 {
                let (low, high) = (vld1q_f32(from), vld1q_f32(from.add(3)));
                return vuzp1q_f32(low, vextq_f32::<1>(high, high));
            }
            let mut value = vld1q_dup_f32(from);
            if count > 1 {
                value = vld1q_lane_f32::<1>(from.add(2), value);
            }
            if count > 2 {
                value = vld1q_lane_f32::<2>(from.add(4), value);
            }
            value
        }
    }
    #[inline(always)]
    unsafe fn store_part(to: *mut f32, value: float32x4_t, count: usize) {
        // SAFETY: each arm writes `count` floats, at most four.
        unsafe {
            match count {
                0 => {}
                1 => vst1q_lane_f32::<0>(to, value),
                2 => vst1_f32(to, vget_low_f32(value)),
                3 => {
                    vst1_f32(to, vget_low_f32(value));
                    vst1q_lane_f32::<2>(to.add(2), value);
                }
                _ => vst1q_f32(to, value),
            }
        }
    }

    #[inline(always)]
    fn max(a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // Not `vmaxq_f32`, which yields a NaN if either is one.
        // SAFETY: see the trait.
        unsafe { vbslq_f32(vcgtq_f32(a, b), a, b) }
    }
    #[inline(always)]
    fn relu(value: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vbslq_f32(vclezq_f32(value), vdupq_n_f32(0.0), value) }
    }
    #[inline(always)]
    fn where_equal(a: float32x4_t, b: float32x4_t, value: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vbslq_f32(vceqq_f32(a, b), value, vdupq_n_f32(0.0)) }
    }
    #[inline(always)]
    fn winner<const NAN: bool>(best: [float32x4_t; 2], tap: [float32x4_t; 2]) -> [float32x4_t; 2] {
        // SAFETY: see the trait.
        unsafe {
            let mut wins = vcgtq_f32(tap[0], best[0]);
            if NAN {
                wins = vornq_u32(wins, vceqq_f32(tap[0], tap[0]));
            }
            [
                vbslq_f32(wins, tap[0], best[0]),
                vbslq_f32(wins, tap[1], best[1]),
            ]
        }
    }
    #[inline(always)]
    fn deinterleave(low: float32x4_t, high: float32x4_t) -> [float32x4_t; 2] {
        // SAFETY: see the trait.
        unsafe { [vuzp1q_f32(low, high), vuzp2q_f32(low, high)] }
    }
    #[inline(always)]
    fn interleave(even: float32x4_t, odd: float32x4_t) -> [float32x4_t; 2] {
        // SAFETY: see the trait.
        unsafe { [vzip1q_f32(even, odd), vzip2q_f32(even, odd)] }
    }
    #[inline(always)]
    fn shift_in(value: float32x4_t, first: f32) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe { vextq_f32::<3>(vdupq_n_f32(first), value) }
    }
    #[inline(always)]
    unsafe fn load_or(from: *const f32, count: usize, other: float32x4_t) -> float32x4_t {
        // SAFETY: the caller vouches for `count` floats.
        unsafe {
            let first = vcltq_u32(
                vld1q_u32([0, 1, 2, 3].as_ptr()),
                vdupq_n_u32(count.min(4) as u32),
            );
            vbslq_f32(first, Self::load_part(from, count), other)
        }
    }
    #[inline(always)]
    fn pairs(even: float32x4_t, odd: float32x4_t) -> float32x4_t {
        // SAFETY: see the trait.
        unsafe {
            let (even, odd) = (rounded(even), rounded(odd));
            let words = vsriq_n_u32::<16>(odd, even);
            vreinterpretq_f32_u32(words)
        }
    }
    #[inline(always)]
    fn halves(words: float32x4_t) -> [float32x4_t; 2] {
        // SAFETY: see the trait.
        unsafe {
            let bits = vreinterpretq_u32_f32(words);
            [
                vreinterpretq_f32_u32(vshlq_n_u32::<16>(bits)),
                vreinterpretq_f32_u32(vandq_u32(bits, vdupq_n_u32(0xFFFF_0000))),
            ]
        }
    }
}

/// The values rounded to bfloat16, with arbitrary lower halves; a NaN stays one.
#[inline(always)]
fn rounded(value: float32x4_t) -> uint32x4_t {
    // SAFETY: see the trait.
    unsafe {
        let bits = vreinterpretq_u32_f32(value);
        let lowest = vandq_u32(vshrq_n_u32::<16>(bits), vdupq_n_u32(1));
        let rounded = vaddq_u32(bits, vaddq_u32(lowest, vdupq_n_u32(0x7FFF)));
        let quiet = vorrq_u32(bits, vdupq_n_u32(0x0040_0000));
        vbslq_u32(vceqq_f32(value, value), rounded, quiet)
    }
}
