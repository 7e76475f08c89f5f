//! The eigenvalues of features, and labels as the eigenvectors see them.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, Par};

use super::classes::Classes;
use super::rows::Rows;
use super::scatter::Scatter;
use crate::StatsError;

/// What is subtracted from the features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Centre {
    /// Nothing.
    Origin,
    /// Their means.
    Means,
}

/// `Zᵀ Z = V diag(values) Vᵀ` of features `Z` `[cases, channels]`, without what rounding leaves of
/// eigenvalues that are 0.
#[derive(Debug)]
pub(super) struct Spectrum {
    /// Eigenvalues above 0, at least one, largest first.
    pub(super) values: Vec<f64>,
    /// In the order of the values, in columns: `V` `[channels, rank]`, or the directions of cases
    /// `Z V diag(values)^−½` `[cases, rank]` where there are fewer cases than channels.
    vectors: Mat<f64>,
    is_of_channels: bool,
    centre: Vec<f64>,
}

impl Spectrum {
    pub(super) fn new(features: &Rows, centre: Centre) -> Result<Self, StatsError> {
        let centre = match centre {
            Centre::Origin => vec![0.0; features.channels()],
            Centre::Means => features.means().to_vec(),
        };
        let cases: Vec<usize> = (0..features.cases()).collect();
        let scatter = Scatter::new(features, &cases, &centre);
        let (values, vectors) = eigen(&scatter.matrix)?;
        let diverged = StatsError::Diverged {
            what: "the variance of features",
        };
        let Some(largest) = values.last().copied().filter(|v| v.is_finite() && *v > 0.0) else {
            return Err(diverged);
        };
        let edge = features.cases().max(features.channels());
        let least = largest * edge as f64 * f64::EPSILON;
        let kept: Vec<usize> = (0..values.len())
            .rev()
            .filter(|at| values[*at] > least)
            .collect();
        Ok(Self {
            vectors: Mat::from_fn(values.len(), kept.len(), |i, j| vectors[(i, kept[j])]),
            values: kept.iter().map(|at| values[*at]).collect(),
            is_of_channels: scatter.is_of_channels,
            centre,
        })
    }

    /// `Vᵀ Zᵀ Y` `[rank][classes]`, where `Y` is 1 at the class of each case and 0 elsewhere.
    pub(super) fn class_sums(&self, features: &Rows, classes: &Classes) -> Vec<Vec<f64>> {
        let wide = match self.is_of_channels {
            true => features.channels(),
            false => features.cases(),
        };
        let mut sums = vec![vec![0.0; wide]; classes.count()];
        for (case, class) in classes.of_case().iter().enumerate() {
            match self.is_of_channels {
                false => sums[*class][case] = 1.0,
                true => {
                    let row = features.row(case).iter().zip(&self.centre);
                    for (sum, (value, centre)) in sums[*class].iter_mut().zip(row) {
                        *sum += value - centre;
                    }
                }
            }
        }
        let seen = |place: usize, value: &f64| -> Vec<f64> {
            let vector = self.vectors.col(place);
            let scale = match self.is_of_channels {
                true => 1.0,
                false => value.sqrt(),
            };
            let along = |sums: &Vec<f64>| -> f64 {
                let products = sums.iter().zip(vector.iter()).map(|(s, v)| s * v);
                scale * products.sum::<f64>()
            };
            sums.iter().map(along).collect()
        };
        let places = self.values.iter().enumerate();
        places.map(|(place, value)| seen(place, value)).collect()
    }
}

/// Eigenvalues of the symmetric `matrix`, of which the lower triangle is read, smallest first, with
/// the eigenvectors in columns. By one thread: its last bits depend on their number.
fn eigen(matrix: &Mat<f64>) -> Result<(Vec<f64>, Mat<f64>), StatsError> {
    let edge = matrix.nrows();
    let mut vectors = Mat::zeros(edge, edge);
    let mut values = Diag::<f64>::zeros(edge);
    let compute = ComputeEigenvectors::Yes;
    let scratch = self_adjoint_evd_scratch::<f64>(edge, compute, Par::Seq, Default::default());
    self_adjoint_evd(
        matrix.as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| StatsError::Diverged {
        what: "the decomposition of features",
    })?;
    let values = values.column_vector().iter().copied().collect();
    Ok((values, vectors))
}
