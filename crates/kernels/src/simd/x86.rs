//! The vectors of x86-64.

mod avx2;
mod avx512;
mod pairs;

pub(crate) use avx2::Avx2;
pub(crate) use avx512::{Avx512, Avx512Bf16, Sixteen};
