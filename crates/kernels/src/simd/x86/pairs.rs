//! Pairs of bfloat16, native and in steps.
//!
//! The functions named after an instruction set need it, the native ones AVX-512
//! BF16 as well: the argument is that of [`Simd`](crate::simd::Simd).

use std::arch::x86_64::*;
use std::mem::transmute;

/// `a · b + sum` for both halves.
#[inline(always)]
pub(super) fn dot_native(a: __m512, b: __m512, sum: __m512) -> __m512 {
    // SAFETY: see the module; all bits of one vector are those of the other.
    unsafe {
        _mm512_dpbf16_ps(
            sum,
            transmute::<__m512, __m512bh>(a),
            transmute::<__m512, __m512bh>(b),
        )
    }
}

#[inline(always)]
pub(super) fn pairs_native(even: __m512, odd: __m512) -> __m512 {
    // SAFETY: see the module; all bits of one vector are those of the other.
    unsafe {
        let both = transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(odd, even));
        let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        // Half words `lane` and `16 + lane`.
        let halves = _mm512_mullo_epi32(lanes, _mm512_set1_epi32(0x1_0001));
        let halves = _mm512_add_epi32(halves, _mm512_set1_epi32(0x10_0000));
        _mm512_castsi512_ps(_mm512_permutexvar_epi16(halves, both))
    }
}

#[inline(always)]
pub(super) fn neighbours_native(low: __m512, high: __m512) -> __m512 {
    // SAFETY: see the module; all bits of one vector are those of the other.
    unsafe { transmute::<__m512bh, __m512>(_mm512_cvtne2ps_pbh(high, low)) }
}

/// # Safety
/// Eight words at `to` are writable.
#[inline(always)]
pub(super) unsafe fn store_native(to: *mut f32, value: __m512) {
    // SAFETY: see the module; `to` by the contract.
    unsafe {
        let halves = transmute::<__m256bh, __m256>(_mm512_cvtneps_pbh(value));
        _mm256_storeu_ps(to, halves);
    }
}

/// The values rounded, with arbitrary lower halves.
#[inline(always)]
fn rounded_avx512(value: __m512) -> __m512i {
    // SAFETY: see the module.
    unsafe {
        let bits = _mm512_castps_si512(value);
        let is_nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(value, value);
        let odd = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
        let up = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF));
        let rounded = _mm512_add_epi32(bits, up);
        _mm512_mask_or_epi32(rounded, is_nan, bits, _mm512_set1_epi32(0x0040_0000))
    }
}

#[inline(always)]
pub(super) fn pairs_avx512(even: __m512, odd: __m512) -> __m512 {
    // SAFETY: see the module.
    unsafe {
        let low = _mm512_srli_epi32::<16>(rounded_avx512(even));
        let high = _mm512_and_si512(rounded_avx512(odd), _mm512_set1_epi32(-0x1_0000));
        _mm512_castsi512_ps(_mm512_or_si512(low, high))
    }
}

#[inline(always)]
pub(super) fn halves_avx512(words: __m512) -> [__m512; 2] {
    // SAFETY: see the module.
    unsafe {
        let bits = _mm512_castps_si512(words);
        [
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(bits)),
            _mm512_castsi512_ps(_mm512_and_si512(bits, _mm512_set1_epi32(-0x1_0000))),
        ]
    }
}

#[inline(always)]
fn rounded_avx2(value: __m256) -> __m256i {
    // SAFETY: see the module.
    unsafe {
        let bits = _mm256_castps_si256(value);
        let is_nan = _mm256_cmp_ps::<_CMP_UNORD_Q>(value, value);
        let odd = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
        let up = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF));
        let rounded = _mm256_castsi256_ps(_mm256_add_epi32(bits, up));
        let quiet = _mm256_castsi256_ps(_mm256_set1_epi32(0x0040_0000));
        _mm256_castps_si256(_mm256_blendv_ps(
            rounded,
            _mm256_or_ps(value, quiet),
            is_nan,
        ))
    }
}

#[inline(always)]
pub(super) fn pairs_avx2(even: __m256, odd: __m256) -> __m256 {
    // SAFETY: see the module.
    unsafe {
        let low = _mm256_srli_epi32::<16>(rounded_avx2(even));
        let high = rounded_avx2(odd);
        _mm256_castsi256_ps(_mm256_blend_epi16::<0xAA>(low, high))
    }
}

#[inline(always)]
pub(super) fn halves_avx2(words: __m256) -> [__m256; 2] {
    // SAFETY: see the module.
    unsafe {
        let bits = _mm256_castps_si256(words);
        [
            _mm256_castsi256_ps(_mm256_slli_epi32::<16>(bits)),
            _mm256_castsi256_ps(_mm256_and_si256(bits, _mm256_set1_epi32(-0x1_0000))),
        ]
    }
}
