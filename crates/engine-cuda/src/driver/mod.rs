//! The CUDA driver and its compiler, by handles that free what they hold: the only room that calls
//! foreign code.
//!
//! Every call is the C interface of NVIDIA's libraries as cudarc declares it. What they ask of a
//! caller is kept by these types: a handle is made by the call that returns it and freed once, on
//! drop; a context is current on the thread before each call; memory outlives what is launched on
//! it, because whoever frees it has waited for the stream.
#![allow(unsafe_code)]

mod call;
mod compiler;
mod context;
mod event;
mod graph;
mod library;
mod memory;
mod module;
mod stream;

pub use self::compiler::compile;
pub(crate) use self::compiler::version as compiler_version;
pub use self::context::{Context, count, driver_version, initialise};
pub use self::event::Event;
pub use self::graph::Graph;
pub(crate) use self::library::{is_loaded_by_name, load};
pub use self::memory::{DeviceMemory, HostMemory};
pub use self::module::{Function, Module};
pub use self::stream::Stream;
