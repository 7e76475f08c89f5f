//! What a step computes with.

use anyhow::bail;
use engine_cuda::Options;
use kernels::Precision;

/// What maps are stored as, and what products round to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// All of it in `f32`.
    F32,
    /// Maps in `f32`, products of operands rounded to TF32.
    Tf32,
    /// Maps in bfloat16.
    Bf16,
}

impl Numbers {
    /// Reads `f32`, `tf32` or `bf16`.
    pub fn parse(word: &str) -> anyhow::Result<Self> {
        Ok(match word {
            "f32" => Self::F32,
            "tf32" => Self::Tf32,
            "bf16" => Self::Bf16,
            other => bail!("expected f32, tf32 or bf16, found `{other}`"),
        })
    }

    /// As written.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Tf32 => "tf32",
            Self::Bf16 => "bf16",
        }
    }

    /// What programs are lowered with.
    pub fn precision(self) -> Precision {
        match self {
            Self::F32 | Self::Tf32 => Precision::Single,
            Self::Bf16 => Precision::Bf16,
        }
    }

    /// How a device is opened.
    pub fn options(self) -> Options {
        Options {
            tf32: self == Self::Tf32,
        }
    }
}
