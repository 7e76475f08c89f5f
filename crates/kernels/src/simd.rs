//! One vector type per instruction set, behind one trait, and the macro that
//! compiles a generic kernel once for each.

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use portable::Portable;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

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
