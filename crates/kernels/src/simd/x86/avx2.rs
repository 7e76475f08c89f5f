//! The vectors of AVX2.

use std::arch::x86_64::*;

use super::pairs;
use crate::simd::vector::Simd;

/// Sixteen words: the eight from `8 − n` on select the first `n` lanes.
static LANE_MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

#[inline(always)]
fn lane_mask(count: usize) -> __m256i {
    let start = 8 - count.min(8);
    // SAFETY: `start + 8` is at most 16.
    unsafe { _mm256_loadu_si256(LANE_MASKS.as_ptr().add(start).cast()) }
}

/// Eight lanes.
#[derive(Clone, Copy)]
pub(crate) struct Avx2;

impl Simd for Avx2 {
    const LANES: usize = 8;
    const REGISTERS: usize = 16;
    const FUSED: bool = true;
    type V = __m256;

    #[inline(always)]
    fn splat(value: f32) -> __m256 {
        // SAFETY: see the trait.
        unsafe { _mm256_set1_ps(value) }
    }
    #[inline(always)]
    fn add(a: __m256, b: __m256) -> __m256 {
        // SAFETY: see the trait.
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(a: __m256, b: __m256) -> __m256 {
        // SAFETY: see the trait.
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(a: __m256, b: __m256) -> __m256 {
        // SAFETY: see the trait.
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    fn fma(a: __m256, b: __m256, c: __m256) -> __m256 {
        // SAFETY: see the trait.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn where_positive(test: __m256, value: __m256) -> __m256 {
        // SAFETY: see the trait.
        unsafe {
            let mask = _mm256_cmp_ps::<_CMP_GT_OQ>(test, _mm256_setzero_ps());
            _mm256_and_ps(mask, value)
        }
    }
    #[inline(always)]
    fn fnma(a: __m256, b: __m256, c: __m256) -> __m256 {
        // SAFETY: see the trait.
        unsafe { _mm256_fnmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn prefetch(from: *const f32) {
        // SAFETY: see the trait; a prefetch never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) };
    }
    #[inline(always)]
    fn prefetch_far(from: *const f32) {
        // SAFETY: see the trait; a prefetch never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(from.cast()) };
    }
    #[inline(always)]
    fn transpose(square: &mut [__m256; 16]) {
        // SAFETY: see the trait.
        unsafe {
            let mut fours = *square;
            for i in 0..2 {
                let [a, b, c, d] = [0, 1, 2, 3].map(|row| square[4 * i + row]);
                let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
                let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
                fours[4 * i] = _mm256_shuffle_ps::<0x44>(ab_low, cd_low);
                fours[4 * i + 1] = _mm256_shuffle_ps::<0xEE>(ab_low, cd_low);
                fours[4 * i + 2] = _mm256_shuffle_ps::<0x44>(ab_high, cd_high);
                fours[4 * i + 3] = _mm256_shuffle_ps::<0xEE>(ab_high, cd_high);
            }
            for j in 0..4 {
                square[j] = _mm256_permute2f128_ps::<0x20>(fours[j], fours[4 + j]);
                square[4 + j] = _mm256_permute2f128_ps::<0x31>(fours[j], fours[4 + j]);
            }
        }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m256 {
        // SAFETY: the caller vouches for eight floats.
        unsafe { _mm256_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: __m256) {
        // SAFETY: the caller vouches for eight floats.
        unsafe { _mm256_storeu_ps(to, value) }
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, count: usize) -> __m256 {
        // SAFETY: lanes that the mask leaves out are not read.
        unsafe { _mm256_maskload_ps(from, lane_mask(count)) }
    }
    #[inline(always)]
    unsafe fn store_part(to: *mut f32, value: __m256, count: usize) {
        // SAFETY: lanes that the mask leaves out are not written.
        unsafe { _mm256_maskstore_ps(to, lane_mask(count), value) }
    }

    #[inline(always)]
    fn max(a: __m256, b: __m256) -> __m256 {
        // SAFETY: see the trait.
        unsafe { _mm256_max_ps(a, b) }
    }
    #[inline(always)]
    fn relu(value: __m256) -> __m256 {
        // The instruction yields its second operand if one is NaN.
        // SAFETY: see the trait.
        unsafe { _mm256_max_ps(_mm256_setzero_ps(), value) }
    }
    #[inline(always)]
    fn where_equal(a: __m256, b: __m256, value: __m256) -> __m256 {
        // SAFETY: see the trait.
        unsafe { _mm256_and_ps(_mm256_cmp_ps::<_CMP_EQ_OQ>(a, b), value) }
    }
    #[inline(always)]
    fn winner<const NAN: bool>(best: [__m256; 2], tap: [__m256; 2]) -> [__m256; 2] {
        // SAFETY: see the trait.
        unsafe {
            let mut wins = _mm256_cmp_ps::<_CMP_GT_OQ>(tap[0], best[0]);
            if NAN {
                wins = _mm256_or_ps(wins, _mm256_cmp_ps::<_CMP_UNORD_Q>(tap[0], tap[0]));
            }
            [
                _mm256_blendv_ps(best[0], tap[0], wins),
                _mm256_blendv_ps(best[1], tap[1], wins),
            ]
        }
    }
    #[inline(always)]
    fn deinterleave(low: __m256, high: __m256) -> [__m256; 2] {
        // SAFETY: see the trait.
        unsafe {
            // Both by quarters of the result: low, high, low, high.
            let even = _mm256_castps_pd(_mm256_shuffle_ps::<0x88>(low, high));
            let odd = _mm256_castps_pd(_mm256_shuffle_ps::<0xDD>(low, high));
            [
                _mm256_castpd_ps(_mm256_permute4x64_pd::<0xD8>(even)),
                _mm256_castpd_ps(_mm256_permute4x64_pd::<0xD8>(odd)),
            ]
        }
    }
    #[inline(always)]
    fn interleave(even: __m256, odd: __m256) -> [__m256; 2] {
        // SAFETY: see the trait.
        unsafe {
            let (low, high) = (_mm256_unpacklo_ps(even, odd), _mm256_unpackhi_ps(even, odd));
            [
                _mm256_permute2f128_ps::<0x20>(low, high),
                _mm256_permute2f128_ps::<0x31>(low, high),
            ]
        }
    }
    #[inline(always)]
    fn shift_in(value: __m256, first: f32) -> __m256 {
        // SAFETY: see the trait.
        unsafe {
            let lanes = _mm256_setr_epi32(0, 0, 1, 2, 3, 4, 5, 6);
            let shifted = _mm256_permutevar8x32_ps(value, lanes);
            _mm256_blend_ps::<1>(shifted, _mm256_set1_ps(first))
        }
    }
    #[inline(always)]
    unsafe fn load_or(from: *const f32, count: usize, other: __m256) -> __m256 {
        let mask = lane_mask(count);
        // SAFETY: lanes that the mask leaves out are not read.
        unsafe {
            _mm256_blendv_ps(
                other,
                _mm256_maskload_ps(from, mask),
                _mm256_castsi256_ps(mask),
            )
        }
    }

    #[inline(always)]
    fn pairs(even: __m256, odd: __m256) -> __m256 {
        pairs::pairs_avx2(even, odd)
    }
    #[inline(always)]
    fn halves(words: __m256) -> [__m256; 2] {
        pairs::halves_avx2(words)
    }
}
