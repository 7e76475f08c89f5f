//! The vectors of AVX-512.

use std::arch::x86_64::*;

use super::pairs;
use crate::simd::vector::Simd;

/// Sixteen lanes, with or without native products of bfloat16.
#[derive(Clone, Copy)]
pub(crate) struct Sixteen<const BF16: bool>;

/// Sixteen lanes.
pub(crate) type Avx512 = Sixteen<false>;
/// Sixteen lanes of a machine with AVX-512 BF16.
pub(crate) type Avx512Bf16 = Sixteen<true>;

impl<const BF16: bool> Simd for Sixteen<BF16> {
    const LANES: usize = 16;
    const REGISTERS: usize = 32;
    const FUSED: bool = true;
    type V = __m512;

    #[inline(always)]
    fn splat(value: f32) -> __m512 {
        // SAFETY: see the trait.
        unsafe { _mm512_set1_ps(value) }
    }
    #[inline(always)]
    fn add(a: __m512, b: __m512) -> __m512 {
        // SAFETY: see the trait.
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(a: __m512, b: __m512) -> __m512 {
        // SAFETY: see the trait.
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(a: __m512, b: __m512) -> __m512 {
        // SAFETY: see the trait.
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    fn fma(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: see the trait.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn where_positive(test: __m512, value: __m512) -> __m512 {
        // SAFETY: see the trait.
        unsafe {
            let mask = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(test, _mm512_setzero_ps());
            _mm512_maskz_mov_ps(mask, value)
        }
    }
    #[inline(always)]
    fn fnma(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: see the trait.
        unsafe { _mm512_fnmadd_ps(a, b, c) }
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
    fn transpose(square: &mut [__m512; 16]) {
        // SAFETY: see the trait.
        unsafe {
            let mut pairs = *square;
            for i in 0..8 {
                pairs[2 * i] = _mm512_unpacklo_ps(square[2 * i], square[2 * i + 1]);
                pairs[2 * i + 1] = _mm512_unpackhi_ps(square[2 * i], square[2 * i + 1]);
            }
            // Row `4i + j` of `fours`: column `j` (of each 128-bit quarter) of
            // rows `4i .. 4i + 4`.
            let mut fours = pairs;
            for i in 0..4 {
                let (a, b, c, d) = (
                    pairs[4 * i],
                    pairs[4 * i + 1],
                    pairs[4 * i + 2],
                    pairs[4 * i + 3],
                );
                fours[4 * i] = _mm512_shuffle_ps::<0x44>(a, c);
                fours[4 * i + 1] = _mm512_shuffle_ps::<0xEE>(a, c);
                fours[4 * i + 2] = _mm512_shuffle_ps::<0x44>(b, d);
                fours[4 * i + 3] = _mm512_shuffle_ps::<0xEE>(b, d);
            }
            for j in 0..4 {
                let (a, b, c, d) = (fours[j], fours[4 + j], fours[8 + j], fours[12 + j]);
                let even_low = _mm512_shuffle_f32x4::<0x88>(a, b);
                let odd_low = _mm512_shuffle_f32x4::<0xDD>(a, b);
                let even_high = _mm512_shuffle_f32x4::<0x88>(c, d);
                let odd_high = _mm512_shuffle_f32x4::<0xDD>(c, d);
                square[j] = _mm512_shuffle_f32x4::<0x88>(even_low, even_high);
                square[4 + j] = _mm512_shuffle_f32x4::<0x88>(odd_low, odd_high);
                square[8 + j] = _mm512_shuffle_f32x4::<0xDD>(even_low, even_high);
                square[12 + j] = _mm512_shuffle_f32x4::<0xDD>(odd_low, odd_high);
            }
        }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> __m512 {
        // SAFETY: the caller vouches for 16 floats.
        unsafe { _mm512_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: __m512) {
        // SAFETY: the caller vouches for 16 floats.
        unsafe { _mm512_storeu_ps(to, value) }
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, count: usize) -> __m512 {
        let mask = ((1_u32 << count) - 1) as __mmask16;
        // SAFETY: lanes that the mask leaves out are not read.
        unsafe { _mm512_maskz_loadu_ps(mask, from) }
    }
    #[inline(always)]
    unsafe fn load_even(from: *const f32, count: usize) -> __m512 {
        let mask = (1_u64 << (2 * count - 1)) - 1;
        // SAFETY: lanes that the mask leaves out are not read.
        unsafe {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let low = _mm512_maskz_loadu_ps(mask as __mmask16, from);
            let high = _mm512_maskz_loadu_ps((mask >> 16) as __mmask16, from.wrapping_add(16));
            _mm512_permutex2var_ps(low, even, high)
        }
    }
    #[inline(always)]
    unsafe fn store_part(to: *mut f32, value: __m512, count: usize) {
        let mask = ((1_u32 << count) - 1) as __mmask16;
        // SAFETY: lanes that the mask leaves out are not written.
        unsafe { _mm512_mask_storeu_ps(to, mask, value) }
    }

    #[inline(always)]
    fn max(a: __m512, b: __m512) -> __m512 {
        // SAFETY: see the trait.
        unsafe { _mm512_max_ps(a, b) }
    }
    #[inline(always)]
    fn relu(value: __m512) -> __m512 {
        // The instruction yields its second operand if one is NaN.
        // SAFETY: see the trait.
        unsafe { _mm512_max_ps(_mm512_setzero_ps(), value) }
    }
    #[inline(always)]
    fn where_equal(a: __m512, b: __m512, value: __m512) -> __m512 {
        // SAFETY: see the trait.
        unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b), value) }
    }
    #[inline(always)]
    fn winner<const NAN: bool>(best: [__m512; 2], tap: [__m512; 2]) -> [__m512; 2] {
        // SAFETY: see the trait.
        unsafe {
            let mut wins = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(tap[0], best[0]);
            if NAN {
                wins |= _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(tap[0], tap[0]);
            }
            [
                _mm512_mask_mov_ps(best[0], wins, tap[0]),
                _mm512_mask_mov_ps(best[1], wins, tap[1]),
            ]
        }
    }
    #[inline(always)]
    fn deinterleave(low: __m512, high: __m512) -> [__m512; 2] {
        // SAFETY: see the trait.
        unsafe {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let odd = _mm512_or_si512(even, _mm512_set1_epi32(1));
            [
                _mm512_permutex2var_ps(low, even, high),
                _mm512_permutex2var_ps(low, odd, high),
            ]
        }
    }
    #[inline(always)]
    fn interleave(even: __m512, odd: __m512) -> [__m512; 2] {
        // SAFETY: see the trait.
        unsafe {
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_or_si512(low, _mm512_set1_epi32(8));
            [
                _mm512_permutex2var_ps(even, low, odd),
                _mm512_permutex2var_ps(even, high, odd),
            ]
        }
    }
    #[inline(always)]
    fn shift_in(value: __m512, first: f32) -> __m512 {
        // SAFETY: see the trait.
        unsafe {
            let (value, first) = (_mm512_castps_si512(value), _mm512_set1_ps(first));
            let shifted = _mm512_alignr_epi32::<15>(value, _mm512_castps_si512(first));
            _mm512_castsi512_ps(shifted)
        }
    }
    #[inline(always)]
    unsafe fn load_or(from: *const f32, count: usize, other: __m512) -> __m512 {
        let mask = ((1_u32 << count) - 1) as __mmask16;
        // SAFETY: lanes that the mask leaves out are not read.
        unsafe { _mm512_mask_loadu_ps(other, mask, from) }
    }
    #[inline(always)]
    unsafe fn load_bytes(from: *const u8, count: usize) -> __m512 {
        let mask = ((1_u32 << count) - 1) as __mmask16;
        // SAFETY: lanes that the mask leaves out are not read.
        unsafe {
            let bytes = _mm_maskz_loadu_epi8(mask, from.cast());
            _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes))
        }
    }
    #[inline(always)]
    unsafe fn store_bytes(to: *mut u8, value: __m512, count: usize) {
        let mask = ((1_u32 << count) - 1) as __mmask16;
        // SAFETY: lanes that the mask leaves out are not written.
        unsafe {
            let bytes = _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(value));
            _mm_mask_storeu_epi8(to.cast(), mask, bytes);
        }
    }
    #[inline(always)]
    unsafe fn store_even(to: *mut f32, value: __m512, count: usize) {
        let mask = ((1_u64 << (2 * count - 1)) - 1) & 0x5555_5555;
        // SAFETY: lanes that the mask leaves out are not written.
        unsafe {
            let low = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
            let high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
            let (low, high) = (
                _mm512_permutexvar_ps(low, value),
                _mm512_permutexvar_ps(high, value),
            );
            _mm512_mask_storeu_ps(to, mask as __mmask16, low);
            _mm512_mask_storeu_ps(to.wrapping_add(16), (mask >> 16) as __mmask16, high);
        }
    }

    #[inline(always)]
    fn pairs(even: __m512, odd: __m512) -> __m512 {
        if BF16 {
            pairs::pairs_native(even, odd)
        } else {
            pairs::pairs_avx512(even, odd)
        }
    }
    #[inline(always)]
    fn neighbour_pairs(low: __m512, high: __m512) -> __m512 {
        if BF16 {
            return pairs::neighbours_native(low, high);
        }
        let [even, odd] = Self::deinterleave(low, high);
        Self::pairs(even, odd)
    }
    #[inline(always)]
    unsafe fn store_neighbour_pairs(to: *mut f32, value: __m512) {
        // SAFETY: the caller vouches for eight words.
        unsafe {
            if BF16 {
                pairs::store_native(to, value);
            } else {
                let words = Self::neighbour_pairs(value, Self::splat(0.0));
                Self::store_part(to, words, 8);
            }
        }
    }
    #[inline(always)]
    fn halves(words: __m512) -> [__m512; 2] {
        pairs::halves_avx512(words)
    }
    #[inline(always)]
    fn dot_pairs(a: __m512, b: __m512, sum: __m512) -> __m512 {
        if BF16 {
            return pairs::dot_native(a, b, sum);
        }
        let ([a, next_a], [b, next_b]) = (Self::halves(a), Self::halves(b));
        Self::fma(next_a, next_b, Self::fma(a, b, sum))
    }
}
