//! TensorBoard's event files, written by hand: a folder a run.

mod event;
mod frame;
mod mirror;
mod wire;

pub(crate) use mirror::TensorBoard;
