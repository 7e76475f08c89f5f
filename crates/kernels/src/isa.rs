//! Which vector instructions the kernels use on this machine.

use std::cell::Cell;
use std::fmt;
use std::sync::OnceLock;

/// Environment variable that overrides the detected instruction set
/// (`avx512`, `avx2`, `neon` or `portable`).
pub const ISA_VARIABLE: &str = "TRANSFUSION_ISA";

/// An instruction set the kernels are compiled for. The order is by width, across
/// machines too; no machine has both NEON and AVX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// Plain Rust, vectorised by the compiler for the baseline of the target.
    Portable,
    /// NEON of AArch64: 4 lanes of `f32`.
    Neon,
    /// AVX2 with FMA: 8 lanes of `f32`.
    Avx2,
    /// AVX-512 F, VL, BW and DQ: 16 lanes of `f32`.
    Avx512,
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

thread_local! {
    static OVERRIDE: Cell<Option<Isa>> = const { Cell::new(None) };
}

impl Isa {
    const ALL: [Self; 4] = [Self::Portable, Self::Neon, Self::Avx2, Self::Avx512];

    /// The widest instruction set of this machine, or a narrower one if the
    /// environment variable [`ISA_VARIABLE`] names it. A name that this machine
    /// cannot run, or that is not a name, is ignored.
    pub fn detect() -> Self {
        static DETECTED: OnceLock<Isa> = OnceLock::new();
        *DETECTED.get_or_init(|| {
            let wished = std::env::var(ISA_VARIABLE).unwrap_or_default();
            let available = Self::available();
            let named = available.iter().find(|isa| isa.name() == wished);
            *named.or(available.last()).unwrap_or(&Self::Portable)
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Every instruction set that this machine can run, narrowest first.
    pub fn available() -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|isa| isa.runs_here())
            .collect()
    }

    /// Runs `work` with every kernel that this thread calls in it held to
    /// `self`, or to the widest narrower set if this machine lacks `self`.
    pub fn with<R>(self, work: impl FnOnce() -> R) -> R {
        struct Restore(Option<Isa>);
        impl Drop for Restore {
            fn drop(&mut self) {
                OVERRIDE.set(self.0);
            }
        }
        let _restore = Restore(OVERRIDE.replace(Some(self.or_narrower())));
        work()
    }

    /// The instruction set in force on this thread; the machine can run it.
    pub fn current() -> Self {
        OVERRIDE.get().unwrap_or_else(Self::detect)
    }

    /// The widest instruction set of this machine that is no wider than `self`.
    fn or_narrower(self) -> Self {
        let mut narrower = Self::ALL.into_iter().rev().skip_while(|isa| *isa > self);
        narrower
            .find(|isa| isa.runs_here())
            .unwrap_or(Self::Portable)
    }

    fn runs_here(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(not(target_arch = "aarch64"))]
            Self::Neon => false,
            #[cfg(target_arch = "aarch64")]
            Self::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                Self::Avx2.runs_here()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_held_to_what_the_machine_runs() {
        for isa in Isa::ALL {
            let (current, available) = (isa.with(Isa::current), Isa::available());
            assert!(current <= isa && available.contains(&current), "{isa}");
            assert_eq!(current == isa, available.contains(&isa), "{isa}");
        }
        assert_eq!(
            Isa::available().contains(&Isa::Neon),
            cfg!(target_arch = "aarch64")
        );
    }
}
