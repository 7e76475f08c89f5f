//! How exactly the convolutions multiply.

/// How the operands of the matrix products inside convolutions are rounded.
///
/// With [`Bf16`](Self::Bf16), maps, weights and gradients stay `f32` in memory.
/// Both sides of every product of [`Algorithm::Product`](crate::Algorithm::Product)
/// and the spectra of [`Algorithm::Winograd`](crate::Algorithm::Winograd) are rounded
/// to bfloat16 (eight bits of significand, to nearest, ties to even) where they are
/// packed, and the products are summed in `f32`. Winograd's spectra of products, all
/// transforms, [`Algorithm::Fft`](crate::Algorithm::Fft),
/// [`Algorithm::Direct`](crate::Algorithm::Direct) and everything that is no
/// convolution stay `f32`.
///
/// Against exact convolutions of random maps, results are off by 2e-3 to 3e-3 of
/// their norm by the product and by 1.2e-2 by Winograd, whose sums cancel. They do
/// not depend on the number of threads, but in their last bits on the instruction
/// set: native instructions take subnormal numbers for zero and add in another order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// Operands as they are.
    #[default]
    Single,
    /// Operands rounded to bfloat16, sums in `f32`.
    Bf16,
}

impl Precision {
    /// Whether this machine multiplies bfloat16 natively (AVX-512 BF16), at twice
    /// the rate of `f32`. Elsewhere, and where [`Isa`](crate::Isa) holds the kernels
    /// to a narrower set, [`Bf16`](Self::Bf16) is emulated and slower than
    /// [`Single`](Self::Single).
    pub fn is_native() -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            is_x86_feature_detected!("avx512bf16")
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            false
        }
    }

    /// Operands in a 32-bit word.
    pub(crate) fn per_word(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Bf16 => 2,
        }
    }

    /// Words that hold `count` operands.
    pub(crate) fn words(self, count: usize) -> usize {
        count.div_ceil(self.per_word())
    }
}
