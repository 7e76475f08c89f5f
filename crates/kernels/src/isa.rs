//! Which vector instructions the kernels use on this machine.

use std::cell::Cell;
use std::fmt;
use std::sync::OnceLock;

/// Environment variable that overrides the detected instruction set
/// (`avx512`, `avx2` or `portable`).
pub const ISA_VARIABLE: &str = "TRANSFUSION_ISA";

/// An instruction set the kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// Plain Rust, vectorised by the compiler for the baseline of the target.
    Portable,
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
    /// The widest instruction set of this machine, or a narrower one if the
    /// environment variable [`ISA_VARIABLE`] names it. A name that this machine
    /// cannot run, or that is not a name, is ignored.
    pub fn detect() -> Self {
        static DETECTED: OnceLock<Isa> = OnceLock::new();
        *DETECTED.get_or_init(|| {
            let wished = std::env::var(ISA_VARIABLE).unwrap_or_default();
            let available = Self::available();
            let named = available.into_iter().find(|isa| isa.name() == wished);
            named.unwrap_or_else(Self::widest)
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Every instruction set that this machine can run, narrowest first.
    pub fn available() -> Vec<Self> {
        [Self::Portable, Self::Avx2, Self::Avx512]
            .into_iter()
            .filter(|isa| *isa <= Self::widest())
            .collect()
    }

    /// Runs `work` with every kernel that this thread calls in it held to
    /// `self`, or to the widest set of this machine if `self` is wider.
    pub fn with<R>(self, work: impl FnOnce() -> R) -> R {
        struct Restore(Option<Isa>);
        impl Drop for Restore {
            fn drop(&mut self) {
                OVERRIDE.set(self.0);
            }
        }
        let _restore = Restore(OVERRIDE.replace(Some(self.min(Self::widest()))));
        work()
    }

    /// The instruction set in force on this thread; the machine can run it.
    pub fn current() -> Self {
        OVERRIDE.get().unwrap_or_else(Self::detect)
    }

    fn widest() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq");
            if avx2 && avx512 {
                return Self::Avx512;
            }
            if avx2 {
                return Self::Avx2;
            }
        }
        Self::Portable
    }
}
