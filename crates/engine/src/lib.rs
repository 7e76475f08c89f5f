//! Networks at work: their tensors on a device, forward and backward passes, and optimisers.
//!
//! A [`Model`] is a network of the crate [`networks`] with its weights on a device. It computes
//! logits in inference; in training it leaves a [`Tape`] besides, from which an [`Optimizer`]
//! takes the gradients. [`ops`] binds our CPU kernels into the tensor library.
//!
//! ```
//! use engine::Model;
//! use engine::tensor::{Device, Tensor};
//! use networks::Input;
//! use networks::initialisation::{Initialisation, initialise};
//! use networks::zoo::{self, Choice};
//! use rand_chacha::ChaCha8Rng;
//! use rand_chacha::rand_core::SeedableRng as _;
//!
//! let input = Input { channels: 3, size: 32 };
//! let network = zoo::network(&Choice::named("cbr-tiny"), input, 5)?;
//! let stream = |_: &str| ChaCha8Rng::seed_from_u64(1);
//! let (weights, _) = initialise(&network, &Initialisation::random(), None, &stream)?;
//!
//! let device = Device::flex();
//! let model = Model::new(network.into(), &weights, &device)?;
//! let logits = model.forward(Tensor::ones([2, 3, 32, 32], &device));
//! assert_eq!(logits.dims(), [2, 5]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod model;
pub mod ops;
mod optimizer;
mod tape;

pub use model::unit_variance::unit_variance;
pub use model::{Logits, Model};
pub use optimizer::{Optimizer, OptimizerState};
pub use tape::Tape;

/// Tensors and the device that they live on.
pub mod tensor {
    pub use burn::tensor::{Device, Int, Tensor, TensorData, activation};
}
