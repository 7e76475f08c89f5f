//! A vector of `f32` lanes, whatever the instruction set.

/// A vector of `f32` lanes.
///
/// Implementors are named only inside functions that [`dispatch`](super::dispatch!) compiles with
/// the matching `#[target_feature]`, after [`Isa`](crate::Isa) has found that the
/// machine has it: that is the safety argument of every intrinsic below.
/// Pointers need no alignment.
pub(crate) trait Simd: Copy + 'static {
    /// Lanes per vector.
    const LANES: usize;
    /// Vector registers of the machine, 16 or 32.
    const REGISTERS: usize;
    /// Whether the machine multiplies and adds in one instruction, rounding once.
    const FUSED: bool;
    /// The vector.
    type V: Copy;

    fn splat(value: f32) -> Self::V;
    fn add(a: Self::V, b: Self::V) -> Self::V;
    fn sub(a: Self::V, b: Self::V) -> Self::V;
    fn mul(a: Self::V, b: Self::V) -> Self::V;
    /// `a · b + c`
    fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a · b + c` of single values, in loops that the compiler turns into vectors.
    #[inline(always)]
    fn fma_one(a: f32, b: f32, c: f32) -> f32 {
        if Self::FUSED {
            a.mul_add(b, c)
        } else {
            a * b + c
        }
    }
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
    /// Loads every second of `2 · count − 1` floats, `0 < count ≤ LANES`; the other
    /// lanes are arbitrary.
    ///
    /// # Safety
    /// `2 · count − 1` floats at `from` are readable.
    #[inline(always)]
    unsafe fn load_even(from: *const f32, count: usize) -> Self::V {
        let mut lanes = [0.0_f32; 16];
        for lane in 0..count.min(Self::LANES) {
            // SAFETY: by the contract.
            lanes[lane] = unsafe { *from.add(2 * lane) };
        }
        // SAFETY: no vector has more than 16 lanes.
        unsafe { Self::load(lanes.as_ptr()) }
    }
    /// Stores the first `count < LANES` lanes.
    ///
    /// # Safety
    /// `count` floats at `to` are writable.
    unsafe fn store_part(to: *mut f32, value: Self::V, count: usize);

    /// Loads `0 < count ≤ LANES` floats, zero in the other lanes.
    ///
    /// # Safety
    /// `count` floats at `from` are readable.
    #[inline(always)]
    unsafe fn load_some(from: *const f32, count: usize) -> Self::V {
        // SAFETY: by the contract.
        unsafe {
            if count == Self::LANES {
                Self::load(from)
            } else {
                Self::load_part(from, count)
            }
        }
    }
    /// Stores the first `0 < count ≤ LANES` lanes.
    ///
    /// # Safety
    /// `count` floats at `to` are writable.
    #[inline(always)]
    unsafe fn store_some(to: *mut f32, value: Self::V, count: usize) {
        // SAFETY: by the contract.
        unsafe {
            if count == Self::LANES {
                Self::store(to, value);
            } else {
                Self::store_part(to, value, count);
            }
        }
    }
    /// Stores the first `count` lanes, `0 < count ≤ LANES`, to every second of
    /// `2 · count − 1` floats and leaves the others untouched.
    ///
    /// # Safety
    /// `2 · count − 1` floats at `to` are writable.
    #[inline(always)]
    unsafe fn store_even(to: *mut f32, value: Self::V, count: usize) {
        let mut lanes = [0.0_f32; 16];
        // SAFETY: no vector has more than 16 lanes; `to` by the contract.
        unsafe {
            Self::store(lanes.as_mut_ptr(), value);
            for lane in 0..count.min(Self::LANES) {
                *to.add(2 * lane) = lanes[lane];
            }
        }
    }

    /// Asks for the cache line at `from`, which need not be readable.
    #[inline(always)]
    fn prefetch(_from: *const f32) {}

    /// [`prefetch`](Self::prefetch) into the second-level cache only.
    #[inline(always)]
    fn prefetch_far(_from: *const f32) {}

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

    fn max(a: Self::V, b: Self::V) -> Self::V;
    /// Zero in the lanes where `value ≤ 0`; a NaN stays.
    fn relu(value: Self::V) -> Self::V;
    /// `value` in the lanes where `a = b`, zero in the others.
    fn where_equal(a: Self::V, b: Self::V, value: Self::V) -> Self::V;
    /// In each lane the pair of value and index of the `tap` where its value is
    /// greater than that of the `best` or, with `NAN`, is no number; else `best`.
    fn winner<const NAN: bool>(best: [Self::V; 2], tap: [Self::V; 2]) -> [Self::V; 2];
    /// The even and the odd lanes of `low` followed by `high`.
    fn deinterleave(low: Self::V, high: Self::V) -> [Self::V; 2];
    /// The inverse of [`deinterleave`](Self::deinterleave).
    fn interleave(even: Self::V, odd: Self::V) -> [Self::V; 2];
    /// Moves every lane up by one; lane 0 becomes `first`.
    fn shift_in(value: Self::V, first: f32) -> Self::V;

    /// Loads `count < LANES` floats, `other` in the remaining lanes.
    ///
    /// # Safety
    /// `count` floats at `from` are readable.
    unsafe fn load_or(from: *const f32, count: usize, other: Self::V) -> Self::V;
    /// Loads `count ≤ LANES` bytes as numbers, zero in the remaining lanes.
    ///
    /// # Safety
    /// `count` bytes at `from` are readable.
    #[inline(always)]
    unsafe fn load_bytes(from: *const u8, count: usize) -> Self::V {
        let mut lanes = [0.0_f32; 16];
        for lane in 0..count.min(Self::LANES) {
            // SAFETY: by the contract.
            lanes[lane] = f32::from(unsafe { *from.add(lane) });
        }
        // SAFETY: no vector has more than 16 lanes.
        unsafe { Self::load(lanes.as_ptr()) }
    }
    /// Stores the first `count ≤ LANES` lanes, integers from 0 to 255, as bytes.
    ///
    /// # Safety
    /// `count` bytes at `to` are writable.
    #[inline(always)]
    unsafe fn store_bytes(to: *mut u8, value: Self::V, count: usize) {
        let mut lanes = [0.0_f32; 16];
        // SAFETY: no vector has more than 16 lanes.
        unsafe { Self::store(lanes.as_mut_ptr(), value) };
        for lane in 0..count.min(Self::LANES) {
            // SAFETY: by the contract.
            unsafe { *to.add(lane) = lanes[lane] as u8 };
        }
    }

    /// Lanes rounded to bfloat16 (to nearest, ties to even), two in a word: the
    /// lower half from `even`, the upper one from `odd`.
    fn pairs(even: Self::V, odd: Self::V) -> Self::V;
    /// [`pairs`](Self::pairs) of the even and odd lanes of `low` followed by `high`.
    #[inline(always)]
    fn neighbour_pairs(low: Self::V, high: Self::V) -> Self::V {
        let [even, odd] = Self::deinterleave(low, high);
        Self::pairs(even, odd)
    }
    /// Stores neighbouring lanes as pairs: `LANES / 2` words.
    ///
    /// # Safety
    /// `LANES / 2` words at `to` are writable.
    #[inline(always)]
    unsafe fn store_neighbour_pairs(to: *mut f32, value: Self::V) {
        let words = Self::neighbour_pairs(value, Self::splat(0.0));
        // SAFETY: by the contract.
        unsafe { Self::store_part(to, words, Self::LANES / 2) };
    }
    /// The lower and the upper half of every word.
    fn halves(words: Self::V) -> [Self::V; 2];
    /// `sum` and the products of both halves of the words of `a` and `b`.
    #[inline(always)]
    fn dot_pairs(a: Self::V, b: Self::V, sum: Self::V) -> Self::V {
        let ([a, next_a], [b, next_b]) = (Self::halves(a), Self::halves(b));
        Self::fma(next_a, next_b, Self::fma(a, b, sum))
    }
    /// `a · b + sum`, or with `PAIRS` the sum of both products.
    #[inline(always)]
    fn multiply_add<const PAIRS: bool>(a: Self::V, b: Self::V, sum: Self::V) -> Self::V {
        if PAIRS {
            Self::dot_pairs(a, b, sum)
        } else {
            Self::fma(a, b, sum)
        }
    }
}

/// `count ≤ LANES` floats, `other` in the remaining lanes.
///
/// # Safety
/// `count` floats at `from` are readable.
#[inline(always)]
pub(crate) unsafe fn take<S: Simd>(from: *const f32, count: usize, other: S::V) -> S::V {
    // SAFETY: by the contract.
    unsafe {
        if count == S::LANES {
            S::load(from)
        } else {
            S::load_or(from, count, other)
        }
    }
}

/// Stores the first `count ≤ LANES` lanes.
///
/// # Safety
/// `count` floats at `to` are writable.
#[inline(always)]
pub(crate) unsafe fn put<S: Simd>(to: *mut f32, value: S::V, count: usize) {
    // SAFETY: by the contract.
    unsafe {
        if count == S::LANES {
            S::store(to, value);
        } else {
            S::store_part(to, value, count);
        }
    }
}
