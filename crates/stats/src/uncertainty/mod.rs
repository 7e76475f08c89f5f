//! What chance adds to a number: other patients, other seeds.

mod clusters;
pub(crate) mod influence;
mod interval;
pub(crate) mod noncentral;
pub(crate) mod quantile;
mod seed_mean;
mod shared_mean;

pub use clusters::Clusters;
pub use influence::{Estimate, Influence};
pub use interval::{Interval, Method};
pub use seed_mean::{SeedMean, SeedSpread};
pub use shared_mean::SharedMean;
