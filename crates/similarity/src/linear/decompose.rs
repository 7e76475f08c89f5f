//! Decompositions with vectors, by one thread.
//!
//! Their last bits depend on the number of threads, unlike those of products and triangular
//! solves; and threads gain little, as memory is what they wait for.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::{Mat, MatRef, Par};

use crate::Reason;

/// `U diag(values) Vᵀ`, largest first.
pub(crate) struct Singular {
    pub(crate) values: Vec<f64>,
    /// Directions of rows in columns.
    pub(crate) left: Mat<f64>,
    /// Directions of columns in columns.
    pub(crate) right: Mat<f64>,
}

/// Which singular vectors.
#[derive(Clone, Copy)]
pub(crate) enum Vectors {
    /// As many as there are values.
    Thin,
    /// A whole basis of either side.
    Full,
}

/// The singular value decomposition of the covariance `what`.
pub(crate) fn singular(
    matrix: MatRef<f64>,
    vectors: Vectors,
    what: &str,
) -> Result<Singular, Reason> {
    let (rows, columns) = matrix.shape();
    let few = rows.min(columns);
    let (compute, left, right) = match vectors {
        Vectors::Thin => (ComputeSvdVectors::Thin, few, few),
        Vectors::Full => (ComputeSvdVectors::Full, rows, columns),
    };
    let (mut left, mut right) = (Mat::zeros(rows, left), Mat::zeros(columns, right));
    let mut values = Diag::<f64>::zeros(few);
    let scratch = svd_scratch::<f64>(
        rows,
        columns,
        compute,
        compute,
        Par::Seq,
        Default::default(),
    );
    svd(
        matrix,
        values.as_mut(),
        Some(left.as_mut()),
        Some(right.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| diverged(what))?;
    Ok(Singular {
        values: values.column_vector().iter().copied().collect(),
        left,
        right,
    })
}

/// Eigenvalues of the symmetric `matrix`, smallest first, with the eigenvectors in columns.
pub(crate) fn eigen(matrix: MatRef<f64>, what: &str) -> Result<(Vec<f64>, Mat<f64>), Reason> {
    let mut vectors = Mat::zeros(matrix.nrows(), matrix.nrows());
    let mut values = Diag::<f64>::zeros(matrix.nrows());
    let scratch = self_adjoint_evd_scratch::<f64>(
        matrix.nrows(),
        ComputeEigenvectors::Yes,
        Par::Seq,
        Default::default(),
    );
    self_adjoint_evd(
        matrix,
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| diverged(what))?;
    Ok((values.column_vector().iter().copied().collect(), vectors))
}

fn diverged(what: &str) -> Reason {
    Reason::Diverged { what: what.into() }
}
