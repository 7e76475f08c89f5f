//! The change of coordinates that makes a covariance the identity.

use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::{Accum, Mat, MatRef, Par};
use rayon::prelude::*;

use super::{Cholesky, Eigen, Matrix};

/// Columns that one task solves for.
const CHUNK: usize = 256;

/// A factor `F` of `S = F Fᵀ` with full column rank, and its pseudo-inverse `F⁺`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whitening<'a> {
    /// `F = L`
    Cholesky(&'a Cholesky),
    /// `F = V Λ^½` of this many leading directions.
    Eigen(&'a Eigen, usize),
}

impl Whitening<'_> {
    /// Columns of `F`.
    pub(crate) fn rank(&self) -> usize {
        match self {
            Self::Cholesky(factor) => factor.lower().rows(),
            Self::Eigen(_, rank) => *rank,
        }
    }

    /// `F⁺ M`
    pub(crate) fn rows(&self, mut matrix: Matrix) -> Matrix {
        match self {
            Self::Cholesky(factor) => {
                let lower = factor.lower().view();
                (matrix.view_mut().par_col_chunks_mut(CHUNK))
                    .for_each(|chunk| solve_lower_triangular_in_place(lower, chunk, Par::Seq));
                matrix
            }
            Self::Eigen(eigen, rank) => {
                (eigen.scaled(*rank, -0.5).transpose() * matrix.view()).into()
            }
        }
    }

    /// `M F⁺ᵀ`
    pub(crate) fn columns(&self, mut matrix: Matrix) -> Matrix {
        match self {
            Self::Cholesky(factor) => {
                let lower = factor.lower().view();
                (matrix.view_mut().transpose_mut().par_col_chunks_mut(CHUNK))
                    .for_each(|chunk| solve_lower_triangular_in_place(lower, chunk, Par::Seq));
                matrix
            }
            Self::Eigen(eigen, rank) => (matrix.view() * eigen.scaled(*rank, -0.5)).into(),
        }
    }

    /// `F U`: covariances of the channels with the directions `U`, `[rank, directions]`.
    pub(crate) fn loadings(&self, directions: MatRef<f64>) -> Mat<f64> {
        match self {
            Self::Cholesky(factor) => {
                let mut loadings = Mat::zeros(directions.nrows(), directions.ncols());
                matmul(
                    loadings.as_mut(),
                    BlockStructure::Rectangular,
                    Accum::Replace,
                    factor.lower().view(),
                    BlockStructure::TriangularLower,
                    directions,
                    BlockStructure::Rectangular,
                    1.0,
                    faer::get_global_parallelism(),
                );
                loadings
            }
            Self::Eigen(eigen, rank) => eigen.scaled(*rank, 0.5) * directions,
        }
    }

    /// `F⁺ᵀ U`: weights of the channels in the directions `U`, `[rank, directions]`.
    pub(crate) fn weights(&self, directions: MatRef<f64>) -> Mat<f64> {
        match self {
            Self::Cholesky(factor) => {
                let mut weights = directions.to_owned();
                solve_upper_triangular_in_place(
                    factor.lower().view().transpose(),
                    weights.as_mut(),
                    faer::get_global_parallelism(),
                );
                weights
            }
            Self::Eigen(eigen, rank) => eigen.scaled(*rank, -0.5) * directions,
        }
    }
}
