use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor;
use faer::{Mat, Par};

use super::classes::Classes;
use super::features::FeatureMatrix;
use super::scatter::Scatter;
use crate::StatsError;

/// Squared distortion that features may be coded with.
const DISTORTION: f64 = 1e-4;

/// TransRate: how much shorter features are coded when their class is known, in nats; any number,
/// mostly above 0, higher is better.
///
/// `R(Z) − mean over classes of R(Z_c)` with `R(Z) = ½ ln det(I + ZᵀZ / (n ε))`, `ε = 10⁻⁴`, and
/// `Z` the features less the mean of all. Huang et al., *Frustratingly easy transferability
/// estimation*, 2022, as their program and Transfer-Learning-Library have it: classes weigh alike,
/// however many cases they have. It is no mutual information, grows with the scale of the features
/// and with channels, and so ranks layers and networks by these as well.
pub fn transrate(features: &FeatureMatrix, classes: &Classes) -> Result<f64, StatsError> {
    features.check(classes)?;
    let n = features.cases() as f64;
    let all: f64 = features
        .centred()?
        .values
        .iter()
        .map(|value| (value / (n * DISTORTION)).ln_1p())
        .sum();
    let mut within = 0.0;
    for class in 0..classes.count() {
        within += length(features, &classes.members(class))?;
    }
    let score = (all - within / classes.count() as f64) / 2.0;
    match score.is_finite() {
        true => Ok(score),
        false => Err(diverged()),
    }
}

fn diverged() -> StatsError {
    StatsError::Diverged { what: "TransRate" }
}

/// `ln det(I + ZᵀZ / (n ε))` of some cases.
fn length(features: &FeatureMatrix, cases: &[usize]) -> Result<f64, StatsError> {
    let mut matrix: Mat<f64> = Scatter::new(features.rows(), cases, features.rows().means()).matrix;
    let edge = matrix.nrows();
    let scale = (cases.len() as f64 * DISTORTION).recip();
    for column in 0..edge {
        for row in column..edge {
            matrix[(row, column)] *= scale;
        }
        matrix[(column, column)] += 1.0;
    }
    let scratch = factor::cholesky_in_place_scratch::<f64>(edge, Par::Seq, Default::default());
    factor::cholesky_in_place(
        matrix.as_mut(),
        Default::default(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| diverged())?;
    Ok((0..edge).map(|i| 2.0 * matrix[(i, i)].ln()).sum())
}
