//! Matrices and their decompositions.

mod band;
mod bidiagonal;
mod cholesky;
mod decompose;
mod eigen;
mod matrix;
mod reflection;
mod whitening;

pub(crate) use cholesky::Cholesky;
pub(crate) use decompose::{Singular, Vectors, eigen, singular};
pub(crate) use eigen::Eigen;
pub(crate) use matrix::Matrix;
pub(crate) use whitening::Whitening;

/// Share of the largest eigenvalue below which an eigenvalue is nothing, and share of the largest
/// variance below which a channel is constant.
pub(crate) const TOLERANCE: f64 = 1e-10;
