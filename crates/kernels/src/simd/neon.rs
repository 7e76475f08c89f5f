//! The vectors of NEON.

use super::Simd;
use std::arch::aarch64::*;

/// Four lanes.
#[derive(Clone, Copy)]
pub(crate) struct Neon;

impl Simd for Neon {
    const LANES: usize = 4;
    const REGISTERS: usize = 32;
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
}
