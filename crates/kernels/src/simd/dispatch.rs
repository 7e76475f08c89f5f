//! The macros that compile a generic kernel once for each instruction set.

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
            #[cfg(target_arch = "aarch64")]
            #[target_feature(enable = "neon")]
            fn neon($($arg: $ty),*) $(-> $out)? {
                $body::<$crate::simd::Neon>($($arg),*)
            }
            // One match per architecture, so that the portable body is compiled once.
            // SAFETY, of all: `Isa::current` yields only what this machine can run.
            #[cfg(target_arch = "x86_64")]
            match isa {
                $crate::Isa::Avx512 => unsafe { avx512($($arg),*) },
                $crate::Isa::Avx2 => unsafe { avx2($($arg),*) },
                $crate::Isa::Neon | $crate::Isa::Portable => {
                    $body::<$crate::simd::Portable>($($arg),*)
                }
            }
            #[cfg(target_arch = "aarch64")]
            match isa {
                $crate::Isa::Neon => unsafe { neon($($arg),*) },
                $crate::Isa::Avx512 | $crate::Isa::Avx2 | $crate::Isa::Portable => {
                    $body::<$crate::simd::Portable>($($arg),*)
                }
            }
            #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
            match isa {
                $crate::Isa::Avx512
                | $crate::Isa::Avx2
                | $crate::Isa::Neon
                | $crate::Isa::Portable => $body::<$crate::simd::Portable>($($arg),*),
            }
        }
    };
}
pub(crate) use dispatch;

/// [`dispatch`] for bodies that make or multiply pairs: compiled once more for
/// machines with AVX-512 BF16.
macro_rules! dispatch_pairs {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)? => $body:ident) => {
        $(#[$doc])*
        $vis fn $name(isa: $crate::Isa, $($arg: $ty),*) $(-> $out)? {
            $crate::simd::dispatch! {
                fn emulated($($arg: $ty),*) $(-> $out)? => $body
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512bf16,avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
            fn native($($arg: $ty),*) $(-> $out)? {
                $body::<$crate::simd::Avx512Bf16>($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            if isa == $crate::Isa::Avx512 && $crate::Precision::is_native() {
                // SAFETY: this machine has both.
                return unsafe { native($($arg),*) };
            }
            emulated(isa, $($arg),*)
        }
    };
}
pub(crate) use dispatch_pairs;
