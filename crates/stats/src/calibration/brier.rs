use super::cases::check;
use crate::StatsError;

/// Mean squared error of the probabilities, `Σ (pᵢ − yᵢ)² / n`, in `0..=1`, lower being better:
/// Brier 1950, scikit-learn's `brier_score_loss`.
///
/// It mixes calibration, discrimination and how hard the cases are; with a prevalence of 1% it is
/// below 0.01 without any skill. [`BrierDecomposition`] takes it apart.
///
/// `labels`: true for positive cases; `probabilities`: of being positive, in `0..=1`.
pub fn brier(labels: &[bool], probabilities: &[f64]) -> Result<f64, StatsError> {
    let errors = squared_errors(labels, probabilities)?;
    Ok(errors.iter().sum::<f64>() / errors.len() as f64)
}

/// `(pᵢ − yᵢ)²` of each case, in `0..=1`, whose mean is the [`brier`](fn@crate::brier) score; for
/// a bootstrap with [`weighted_mean`](fn@crate::weighted_mean).
pub fn squared_errors(labels: &[bool], probabilities: &[f64]) -> Result<Vec<f64>, StatsError> {
    check(labels, probabilities)?;
    let error = |(&positive, p): (&bool, &f64)| (p - f64::from(u8::from(positive))).powi(2);
    Ok(labels.iter().zip(probabilities).map(error).collect())
}

/// Murphy's decomposition (1973), `brier = miscalibration − discrimination + uncertainty`, without
/// bins.
///
/// The bins are those that isotonic regression of the labels on the predictions finds, so that
/// the identity is exact, no part is negative and none depends on a choice: CORP of Dimitriadis,
/// Gneiting and Jordan, PNAS 2021.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BrierDecomposition {
    /// The Brier score, in `0..=1`.
    pub brier: f64,
    /// What the best monotone recalibration of these cases would gain, in `0..=1`. Above zero by
    /// chance even for a calibrated model.
    pub miscalibration: f64,
    /// What the recalibrated predictions gain over always predicting the prevalence, in
    /// `0..=0.25`.
    pub discrimination: f64,
    /// Brier score of always predicting the prevalence `y`, `y (1 − y)`, in `0..=0.25`.
    pub uncertainty: f64,
}

impl BrierDecomposition {
    /// `labels`: true for positive cases; `probabilities`: of being positive, in `0..=1`.
    /// `O(n log n)`.
    pub fn new(labels: &[bool], probabilities: &[f64]) -> Result<Self, StatsError> {
        let brier = brier(labels, probabilities)?;
        let cases = labels.len() as f64;
        let prevalence = labels.iter().filter(|&&positive| positive).count() as f64 / cases;
        let recalibrated = isotonic_brier(labels, probabilities);
        let uncertainty = prevalence * (1.0 - prevalence);
        Ok(Self {
            brier,
            // Where nothing can be gained, rounding may still take or give a little.
            miscalibration: (brier - recalibrated).max(0.0),
            discrimination: (uncertainty - recalibrated).max(0.0),
            uncertainty,
        })
    }

    /// Brier skill score, `1 − brier / uncertainty`, at most 1: the share of what there is to
    /// gain over always predicting the prevalence of these cases. Below zero the predictions are
    /// worse than that. `None` when all labels are alike.
    pub fn skill(&self) -> Option<f64> {
        (self.uncertainty > 0.0).then(|| 1.0 - self.brier / self.uncertainty)
    }
}

/// Brier score after isotonic regression, by pooling adjacent violators.
fn isotonic_brier(labels: &[bool], probabilities: &[f64]) -> f64 {
    let mut sorted: Vec<(f64, bool)> = probabilities
        .iter()
        .copied()
        .zip(labels.iter().copied())
        .collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    // Blocks of (positives, cases) whose shares rise.
    let mut blocks: Vec<(u64, u64)> = Vec::new();
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        let positives = tie.iter().filter(|case| case.1).count() as u64;
        let mut block = (positives, tie.len() as u64);
        while let Some(&(positives, cases)) = blocks.last() {
            let falls = u128::from(positives) * u128::from(block.1)
                >= u128::from(block.0) * u128::from(cases);
            if !falls {
                break;
            }
            block = (block.0 + positives, block.1 + cases);
            blocks.pop();
        }
        blocks.push(block);
    }
    let spread = |&(positives, cases): &(u64, u64)| {
        positives as f64 * (cases - positives) as f64 / cases as f64
    };
    blocks.iter().map(spread).sum::<f64>() / sorted.len() as f64
}
