//! Networks at work: programs, what runs them, and models that learn.
//!
//! [`lower()`] turns a network of the crate [`networks`] into a [`Program`]: numbered buffers,
//! instructions, a memory plan. An [`Executor`] runs programs; [`Cpu`] does it by our kernels. A
//! [`Model`] is a network with its weights on a device and computes logits in inference; a
//! [`Trainer`] takes steps of training with it.
//!
//! ```
//! use engine::{Maps, Model};
//! use networks::Input;
//! use initialisation::{Initialisation, initialise};
//! use networks::zoo::{self, Choice};
//! use rand_chacha::ChaCha8Rng;
//! use rand_chacha::rand_core::SeedableRng as _;
//!
//! let input = Input::square(3, 32);
//! let network = zoo::network(&Choice::named("cbr-tiny"), input, 5)?;
//! let stream = |_: &str| ChaCha8Rng::seed_from_u64(1);
//! let (weights, _) = initialise(&network, &Initialisation::random(), None, &stream)?;
//!
//! let model = Model::new(network.into(), &weights)?;
//! let logits = model.forward(&Maps::filled([2, 3, 32, 32], 1.0));
//! assert_eq!(logits.values().len(), 2 * 5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod descent;
mod executor;
mod gallery;
mod lower;
mod maps;
mod model;
mod pictures;
mod placed;
mod program;
mod trainer;
#[cfg(test)]
mod trial;

pub use descent::Descent;
pub use executor::{Cpu, Device, DeviceFault, Executor, Processor, Reference, Step};
pub use gallery::{Gallery, Samples, Scale};
pub use lower::{Mode, Objective, Part, Training, lower};
pub use maps::Maps;
pub use model::{Model, unit_variance};
pub use pictures::Pictures;
pub use placed::Placed;
pub use program::{
    BlockEnd, Buffer, BufferId, Element, Fault, Instruction, Kept, LeftOut, LossShare, Mask,
    MemoryPlan, Operands, Program, Role, Tenancy, Weighted, Work, lowest_places, tenancies,
};
pub use trainer::{Momentum, Targets, Trainer};
