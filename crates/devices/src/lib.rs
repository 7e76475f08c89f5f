//! The devices of a machine: which there are, and which a command is to use.
//!
//! ```
//! use devices::{Choice, Devices};
//!
//! let choice: Choice = "cpu".parse()?;
//! let devices = Devices::open(&choice, false)?;
//! assert!(devices.is_processor());
//! println!("{}", devices.first().describe()); // such as `cpu, avx512`
//!
//! assert_eq!("cuda:0,cuda:1".parse(), Ok(Choice::Cuda(vec![0, 1])));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod choice;
mod cuda;
mod error;
mod machine;
mod opened;
mod room;
mod wrapped;

pub use choice::{Choice, WrongChoice};
pub use error::DevicesError;
pub use machine::{Machine, ProcessorInfo};
pub use opened::Devices;
pub use room::{Room, WrongSize, size};

pub use engine_cuda::footprint;
