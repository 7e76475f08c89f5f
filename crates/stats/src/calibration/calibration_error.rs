use super::poisson_binomial::mean_absolute_deviation;
use crate::Reliability;

/// How far the bins of a reliability diagram lie from the diagonal.
///
/// It depends on the [`Binning`](crate::Binning), and by chance alone it is above zero: compare
/// it with [`by_chance`](Self::by_chance) before calling a model miscalibrated. It says nothing
/// about discrimination: always predicting the prevalence has no calibration error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationError {
    /// Expected calibration error, in `0..=1`: the mean over cases of `|observed − predicted|` of
    /// their bin, `Σ n_b / n |gap_b|` (Naeini 2015; Guo 2017, for the predicted class; here for
    /// the positive class). Biased upwards.
    pub ece: f64,
    /// The largest `|gap|` of a bin, in `0..=1`; with small bins mostly noise.
    pub largest: f64,
    /// The ECE that a perfectly calibrated model with these very predictions has on average on
    /// as many independent cases: `Σ_b E|Σ (yᵢ − pᵢ)| / n` with `yᵢ` drawn with probability `pᵢ`.
    /// Exact up to a variance of 400 in a bin and within 0.1% beyond, where it is
    /// `√(2/π Σ pᵢ (1 − pᵢ))`. An ECE no larger than this is no evidence of miscalibration. To
    /// subtract it is fair only near perfect calibration; else it takes off too much.
    pub by_chance: f64,
    /// Mean squared gap without the bias of small bins, in `−1..=1`, below zero when less was
    /// seen than chance brings: `Σ n_b / n (gap_b² − o_b (1 − o_b) / (n_b − 1))` for observed
    /// shares `o_b` (Kumar, Liang and Ma 2019, `unbiased_square_ce`). Bins of one case add
    /// nothing. Unbiased for the binned error, which is below that of the predictions themselves.
    pub squared_debiased: f64,
}

impl CalibrationError {
    /// The root of the debiased squared error, or 0 where that is negative: Kumar's debiased ℓ₂
    /// calibration error, in `0..=1`.
    pub fn root_debiased(&self) -> f64 {
        self.squared_debiased.max(0.0).sqrt()
    }
}

impl Reliability<'_> {
    /// The calibration error of the bins, with what chance would bring.
    pub fn calibration_error(&self) -> CalibrationError {
        let total = self.labels.len() as f64;
        let mut error = CalibrationError {
            ece: 0.0,
            largest: 0.0,
            by_chance: 0.0,
            squared_debiased: 0.0,
        };
        for bin in self.bins() {
            let (cases, gap, observed) = (bin.cases() as f64, bin.gap(), bin.observed.share);
            error.ece += cases / total * gap.abs();
            error.largest = error.largest.max(gap.abs());
            if cases > 1.0 {
                let noise = observed * (1.0 - observed) / (cases - 1.0);
                error.squared_debiased += cases / total * (gap * gap - noise);
            }
        }
        let mut of_bin = vec![Vec::new(); self.bins().len()];
        for (&bin, &p) in self.bin_of.iter().zip(self.probabilities) {
            of_bin[bin].push(p);
        }
        let by_chance: f64 = of_bin.iter().map(|bin| mean_absolute_deviation(bin)).sum();
        error.by_chance = by_chance / total;
        error
    }

    /// The ECE of the cases repeated by their weights, in the bins of all cases. `None` when no
    /// case has a weight or `weights` has not one weight per case.
    ///
    /// A resample adds its own noise to that of the cases, so bootstrap values lie above the
    /// estimate on average; [`Resamples::bias`](crate::Resamples::bias) shows by how much.
    pub fn ece_weighted(&self, weights: &[u32]) -> Option<f64> {
        if weights.len() != self.labels.len() {
            return None;
        }
        let mut gaps = vec![0.0; self.bins().len()];
        let mut total = 0u64;
        for (case, &weight) in weights.iter().enumerate() {
            let surplus = f64::from(u8::from(self.labels[case])) - self.probabilities[case];
            gaps[self.bin_of[case]] += f64::from(weight) * surplus;
            total += u64::from(weight);
        }
        let sum: f64 = gaps.iter().map(|gap| gap.abs()).sum();
        (total > 0).then(|| (sum / total as f64).min(1.0))
    }
}
