//! Layers compared, with nulls and intervals.

mod budget;
mod error;
mod evidence;
mod found;
mod layer_map;
mod layer_pair;
mod pairwise;
mod scale;
mod self_test;
mod setting;
mod streamed;
mod sums;
mod warnings;

pub use error::CompareError;
pub(crate) use evidence::Evidence;
pub(crate) use found::Found;
pub use layer_map::layer_map;
pub use layer_pair::compare;
pub(crate) use scale::Scale;
pub use self_test::{SelfTest, self_test};
pub(crate) use setting::Setting;
