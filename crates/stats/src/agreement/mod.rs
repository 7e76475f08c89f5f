//! How often predicted classes are the true ones.

mod accuracy;
mod alpha;
mod confusion;
mod kappa;

pub use accuracy::accuracy;
pub use alpha::nominal_alpha;
pub use confusion::ConfusionMatrix;
pub use kappa::quadratic_kappa;
