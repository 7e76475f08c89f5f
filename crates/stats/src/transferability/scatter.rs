//! Products of features with themselves, in an order of sums that no number of threads changes.

use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::{Accum, Mat, MatRef};

use super::rows::Rows;

/// Numbers of features that are centred at once, 8 MiB.
const CHUNK: usize = 1 << 20;

/// The smaller of two matrices with the same eigenvalues above 0, its lower triangle only:
/// `Zᵀ Z` `[channels, channels]`, or `Z Zᵀ` `[cases, cases]`. `Z` are `cases` of the features less
/// `centre` `[channels]`.
pub(super) struct Scatter {
    pub(super) matrix: Mat<f64>,
    pub(super) is_of_channels: bool,
}

impl Scatter {
    pub(super) fn new(features: &Rows, cases: &[usize], centre: &[f64]) -> Self {
        let channels = features.channels();
        let is_of_channels = channels <= cases.len();
        let edge = channels.min(cases.len());
        let mut matrix = Mat::zeros(edge, edge);
        let shifted = |cases: &[usize]| -> Vec<f64> {
            let rows = cases.iter().map(|case| features.row(*case));
            rows.flat_map(|row| row.iter().zip(centre).map(|(v, c)| v - c))
                .collect()
        };
        if is_of_channels {
            for chunk in cases.chunks((CHUNK / channels).max(1)) {
                let rows = shifted(chunk);
                let columns = MatRef::from_column_major_slice(&rows, channels, chunk.len());
                add(&mut matrix, columns, columns.transpose());
            }
        } else {
            let rows = shifted(cases);
            let columns = MatRef::from_column_major_slice(&rows, channels, cases.len());
            add(&mut matrix, columns.transpose(), columns);
        }
        Self {
            matrix,
            is_of_channels,
        }
    }
}

/// Adds the lower triangle of `a b` to `sums`.
fn add(sums: &mut Mat<f64>, a: MatRef<f64>, b: MatRef<f64>) {
    matmul(
        sums.as_mut(),
        BlockStructure::TriangularLower,
        Accum::Add,
        a,
        BlockStructure::Rectangular,
        b,
        BlockStructure::Rectangular,
        1.0,
        faer::get_global_parallelism(),
    );
}
