//! One vector type per instruction set, behind one trait, and the macro that
//! compiles a generic kernel once for each.

/// A vector of `f32` lanes.
///
/// Implementors are named only inside functions that [`dispatch`] compiles with
/// the matching `#[target_feature]`, after [`Isa`](crate::Isa) has found that the
/// machine has it: that is the safety argument of every intrinsic below.
/// Pointers need no alignment.
pub(crate) trait Simd: Copy + 'static {
    /// Lanes per vector.
    const LANES: usize;
    /// The vector.
    type V: Copy;

    fn splat(value: f32) -> Self::V;
    fn add(a: Self::V, b: Self::V) -> Self::V;
    fn sub(a: Self::V, b: Self::V) -> Self::V;
    fn mul(a: Self::V, b: Self::V) -> Self::V;
    /// `a · b + c`
    fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `value` in the lanes where `test > 0`, zero in the others.
    fn where_positive(test: Self::V, value: Self::V) -> Self::V;
    /// `c − a · b`
    fn fnma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;

    /// # Safety
    /// `LANES` floats at `from` are readable.
    unsafe fn load(from: *const f32) -> Self::V;
    /// # Safety
    /// `LANES` floats at `to` are writable.
    unsafe fn store(to: *mut f32, value: Self::V);
    /// Loads `count < LANES` floats, zero in the other lanes.
    ///
    /// # Safety
    /// `count` floats at `from` are readable.
    unsafe fn load_part(from: *const f32, count: usize) -> Self::V;
    /// Stores the first `count < LANES` lanes.
    ///
    /// # Safety
    /// `count` floats at `to` are writable.
    unsafe fn store_part(to: *mut f32, value: Self::V, count: usize);

    /// Transposes the `LANES × LANES` square of the first `LANES` vectors.
    fn transpose(square: &mut [Self::V; 16]);

    /// Sum of the lanes, in a fixed order.
    #[inline(always)]
    fn sum(value: Self::V) -> f32 {
        let mut lanes = [0.0_f32; 16];
        // SAFETY: no vector has more than 16 lanes.
        unsafe { Self::store(lanes.as_mut_ptr(), value) };
        let mut width = Self::LANES;
        while width > 1 {
            width /= 2;
            for lane in 0..width {
                lanes[lane] += lanes[lane + width];
            }
        }
        lanes[0]
    }
}

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
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Simd;
    use std::arch::x86_64::*;

    #[derive(Clone, Copy)]
    pub(crate) struct Avx512;

    impl Simd for Avx512 {
        const LANES: usize = 16;
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
        unsafe fn store_part(to: *mut f32, value: __m512, count: usize) {
            let mask = ((1_u32 << count) - 1) as __mmask16;
            // SAFETY: lanes that the mask leaves out are not written.
            unsafe { _mm512_mask_storeu_ps(to, mask, value) }
        }
    }

    /// Sixteen words: the eight from `8 − n` on select the first `n` lanes.
    static LANE_MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

    #[inline(always)]
    fn lane_mask(count: usize) -> __m256i {
        let start = 8 - count.min(8);
        // SAFETY: `start + 8` is at most 16.
        unsafe { _mm256_loadu_si256(LANE_MASKS.as_ptr().add(start).cast()) }
    }

    #[derive(Clone, Copy)]
    pub(crate) struct Avx2;

    impl Simd for Avx2 {
        const LANES: usize = 8;
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
    }
}

/// `dispatch!(fn name(arguments) -> result => body)` makes `name(isa, arguments)`,
/// which runs `body::<S>(arguments)` compiled for the instruction set `isa`. The
/// body and everything it calls must be `#[inline(always)]`.
macro_rules! dispatch {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)? => $body:ident) => {
        $(#[$doc])*
        $vis fn $name(isa: $crate::Isa, $($arg: $ty),*) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
            fn avx512($($arg: $ty),*) $(-> $out)? {
                $body::<$crate::simd::Avx512>($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($arg: $ty),*) $(-> $out)? {
                $body::<$crate::simd::Avx2>($($arg),*)
            }
            match isa {
                // SAFETY: `Isa::current` yields only what this machine can run.
                #[cfg(target_arch = "x86_64")]
                $crate::Isa::Avx512 => unsafe { avx512($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::Isa::Avx2 => unsafe { avx2($($arg),*) },
                _ => $body::<$crate::simd::Portable>($($arg),*),
            }
        }
    };
}
pub(crate) use dispatch;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Isa;

    dispatch! {
        fn transposed(values: &mut [f32]) -> usize => transposed_body
    }

    #[inline(always)]
    fn transposed_body<S: Simd>(values: &mut [f32]) -> usize {
        let mut square = [S::splat(0.0); 16];
        // SAFETY: the test passes 16 · 16 values.
        unsafe {
            for row in 0..S::LANES {
                square[row] = S::load(values.as_ptr().add(row * S::LANES));
            }
            S::transpose(&mut square);
            for row in 0..S::LANES {
                S::store(values.as_mut_ptr().add(row * S::LANES), square[row]);
            }
        }
        S::LANES
    }

    #[test]
    fn squares_are_transposed() {
        for isa in Isa::available() {
            let mut values: Vec<f32> = (0_u16..256).map(f32::from).collect();
            let lanes = transposed(isa, &mut values);
            for row in 0..lanes {
                for column in 0..lanes {
                    let expected = (column * lanes + row) as f32;
                    assert_eq!(values[row * lanes + column], expected, "{isa:?}");
                }
            }
        }
    }
}
