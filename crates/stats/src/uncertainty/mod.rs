//! What chance adds to a number: other patients, other seeds.

mod bootstrap;
mod cluster_draws;
mod clusters;
pub(crate) mod influence;
pub(crate) mod interval;
mod mean_share;
pub(crate) mod noncentral;
mod proportion;
pub(crate) mod quantile;
mod resamples;
mod seed_mean;
mod shared_mean;
mod weighted_mean;

pub use bootstrap::Bootstrap;
pub use cluster_draws::ClusterDraws;
pub use clusters::Clusters;
pub use influence::{Estimate, Influence};
pub use interval::{Interval, Method};
pub use mean_share::MeanShare;
pub use noncentral::noncentral_t_below;
pub use proportion::Proportion;
pub use quantile::{normal_below, normal_quantile, t_quantile, t_upper_tail};
pub use resamples::Resamples;
pub use seed_mean::{Combined, SeedMean, SeedSpread, Spread};
pub use shared_mean::SharedMean;
pub use weighted_mean::weighted_mean;
