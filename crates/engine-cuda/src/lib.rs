//! Programs of the crate [`engine`] on an NVIDIA GPU.
//!
//! A [`Program`](engine::Program) becomes a [`Schedule`]: a list of launches over places, pure data.
//! [`Cuda`] brings it onto a device: kernels of our own, compiled there by NVRTC; a queue for each
//! executor; recorded graphs for what runs again and again. Driver and compiler are found when the
//! program runs, so that one binary is for machines with and without. [`Inventory`] tells what is
//! there and what is missing.
//!
//! No number that this crate computes depends on how a device schedules its threads: there are no
//! atomics, and the order of every sum is fixed by shapes.

mod driver;
mod error;
mod executor;
mod footprint;
mod inventory;
mod kept_code;
mod kernels;
mod libraries;
mod schedule;
mod source;

pub use error::CudaError;
pub use executor::{Cuda, Options};
pub use footprint::{footprint, refusal};
pub use inventory::{DeviceInfo, Found, Inventory, Missing};
pub use kept_code::keep_kernels_in;
pub use libraries::{FOLDERS_VARIABLE, search_first};
pub use schedule::{MapType, Schedule};
pub use source::SOURCE;
