//! The same registers with lanes of `f64`: the little that sums of products need.

#[cfg(target_arch = "aarch64")]
use super::neon::Neon;
use super::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::x86::{Avx2, Sixteen};
#[cfg(target_arch = "aarch64")]
use std::arch::aarch64::*;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// A vector of `f64` lanes, on the terms of [`Simd`](super::Simd): the types are the
/// same, so that [`dispatch`](super::dispatch!) serves both.
pub(crate) trait Double: Copy + 'static {
    /// Lanes per vector.
    const LANES: usize;
    /// The vector.
    type W: Copy;

    fn splat(value: f64) -> Self::W;
    /// `a · b + c`
    fn fma(a: Self::W, b: Self::W, c: Self::W) -> Self::W;
    /// # Safety
    /// `LANES` doubles at `from` are readable.
    unsafe fn load(from: *const f64) -> Self::W;
    /// # Safety
    /// `LANES` doubles at `to` are writable.
    unsafe fn store(to: *mut f64, value: Self::W);
}

#[cfg(target_arch = "x86_64")]
impl<const BF16: bool> Double for Sixteen<BF16> {
    const LANES: usize = 8;
    type W = __m512d;

    #[inline(always)]
    fn splat(value: f64) -> __m512d {
        // SAFETY: see the trait.
        unsafe { _mm512_set1_pd(value) }
    }
    #[inline(always)]
    fn fma(a: __m512d, b: __m512d, c: __m512d) -> __m512d {
        // SAFETY: see the trait.
        unsafe { _mm512_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> __m512d {
        // SAFETY: the caller vouches for eight doubles.
        unsafe { _mm512_loadu_pd(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, value: __m512d) {
        // SAFETY: the caller vouches for eight doubles.
        unsafe { _mm512_storeu_pd(to, value) }
    }
}

#[cfg(target_arch = "x86_64")]
impl Double for Avx2 {
    const LANES: usize = 4;
    type W = __m256d;

    #[inline(always)]
    fn splat(value: f64) -> __m256d {
        // SAFETY: see the trait.
        unsafe { _mm256_set1_pd(value) }
    }
    #[inline(always)]
    fn fma(a: __m256d, b: __m256d, c: __m256d) -> __m256d {
        // SAFETY: see the trait.
        unsafe { _mm256_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> __m256d {
        // SAFETY: the caller vouches for four doubles.
        unsafe { _mm256_loadu_pd(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, value: __m256d) {
        // SAFETY: the caller vouches for four doubles.
        unsafe { _mm256_storeu_pd(to, value) }
    }
}

#[cfg(target_arch = "aarch64")]
impl Double for Neon {
    const LANES: usize = 2;
    type W = float64x2_t;

    #[inline(always)]
    fn splat(value: f64) -> float64x2_t {
        // SAFETY: see the trait.
        unsafe { vdupq_n_f64(value) }
    }
    #[inline(always)]
    fn fma(a: float64x2_t, b: float64x2_t, c: float64x2_t) -> float64x2_t {
        // SAFETY: see the trait.
        unsafe { vfmaq_f64(c, a, b) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> float64x2_t {
        // SAFETY: the caller vouches for two doubles.
        unsafe { vld1q_f64(from) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, value: float64x2_t) {
        // SAFETY: the caller vouches for two doubles.
        unsafe { vst1q_f64(to, value) }
    }
}

impl Double for Portable {
    const LANES: usize = 2;
    type W = [f64; 2];

    #[inline(always)]
    fn splat(value: f64) -> [f64; 2] {
        [value; 2]
    }
    #[inline(always)]
    fn fma(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> [f64; 2] {
        // As for `f32`: where it is one instruction only.
        if cfg!(target_arch = "aarch64") {
            [a[0].mul_add(b[0], c[0]), a[1].mul_add(b[1], c[1])]
        } else {
            [a[0] * b[0] + c[0], a[1] * b[1] + c[1]]
        }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> [f64; 2] {
        // SAFETY: the caller vouches for two doubles.
        unsafe { from.cast::<[f64; 2]>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f64, value: [f64; 2]) {
        // SAFETY: the caller vouches for two doubles.
        unsafe { to.cast::<[f64; 2]>().write_unaligned(value) }
    }
}
