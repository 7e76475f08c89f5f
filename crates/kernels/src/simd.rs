//! One vector type per instruction set, behind one trait, and the macro that
//! compiles a generic kernel once for each.

mod dispatch;
mod double;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(test)]
mod tests;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use dispatch::{dispatch, dispatch_pairs};
pub(crate) use double::Double;
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::Neon;
pub(crate) use portable::Portable;
pub(crate) use vector::{Simd, put, take};
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512, Avx512Bf16};
