//! How often predicted classes are the true ones.

mod accuracy;
mod kappa;

pub use accuracy::accuracy;
pub use kappa::quadratic_kappa;
