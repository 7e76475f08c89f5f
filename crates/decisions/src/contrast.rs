use stats::{Estimate, Interval, Method, ResampledMean, SeedMean, t_quantile, t_upper_tail};

use crate::concern::Concern;

/// One arm less another, over the seeds that both have, on the same test cases.
///
/// Everything that concludes is on the scale of `artanh`, which maps differences of AUCs, within
/// `−1..=1`, to the whole line: `z = artanh(d)`, standard error `SE / (1 − d²)`, Student's t. So an
/// interval never leaves `−1..=1`. With fewer than three seeds, or where nothing varied, nothing is
/// concluded. With folds the standard error is that of patients and seeds, or that by which the folds
/// disagree (Nadeau and Bengio 2003), whichever gives the wider 95% interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// The arms, by their places: the first less the second.
    pub arms: [usize; 2],
    /// Mean, per-seed differences, and both sources of error apart.
    pub difference: SeedMean,
    influence: Vec<f64>,
    concerns: Concern,
    folds: Option<ResampledMean>,
}

/// What is believed of a true difference once the data are seen, were every difference as likely
/// as any other before (a flat prior on the scale of `artanh`): Student's t around the estimate.
///
/// The three shares of the margin sum to 1. *Not*: the chance that a claim is false, which depends
/// on how many true differences there are among those that are looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// Probability that the difference is 0 or less.
    pub none_or_worse: f64,
    /// Probability that it is below −margin.
    pub worse: f64,
    /// Probability that it lies within ± margin.
    pub equivalent: f64,
    /// Probability that it is above the margin.
    pub better: f64,
}

impl Contrast {
    pub(crate) fn new(
        arms: [usize; 2],
        difference: SeedMean,
        mean: Estimate,
        concerns: Concern,
        folds: Option<ResampledMean>,
    ) -> Self {
        Self {
            arms,
            concerns,
            folds,
            difference,
            influence: mean.influence().values().to_vec(),
        }
    }

    /// Standard error and degrees of freedom; `None` where nothing may be concluded.
    pub(crate) fn error(&self) -> Option<[f64; 2]> {
        if self.difference.values.len() < self.concerns.fewest_seeds() {
            return None;
        }
        let df = self.difference.degrees_of_freedom?;
        let own = [self.difference.standard_error, df];
        let reach = |[error, df]: [f64; 2]| Some(t_quantile(0.975, df).ok()? * error);
        match self.by_folds() {
            Some(folds) if reach(folds)? > reach(own)? => Some(folds),
            _ => Some(own),
        }
    }

    /// The same by how far folds disagree.
    fn by_folds(&self) -> Option<[f64; 2]> {
        let folds = self.folds?;
        Some([folds.standard_error, folds.degrees_of_freedom()])
    }

    /// Whether the folds disagree by more than patients and seeds account for, so that more of
    /// those would not help.
    pub(crate) fn rests_on_folds(&self) -> bool {
        self.by_folds().is_some() && self.error() == self.by_folds()
    }

    /// Centre, standard error and degrees of freedom on the scale of `artanh`; `None` where nothing
    /// may be concluded.
    pub(crate) fn scaled(&self) -> Option<[f64; 3]> {
        let [error, df] = self.error()?;
        let mean = self.difference.mean;
        let slope = 1.0 - mean * mean;
        (slope > 0.0).then(|| [mean.atanh(), error / slope, df])
    }

    /// Two-sided interval. `level`: 0.95 for a 95% interval.
    pub fn interval(&self, level: f64) -> Option<Interval> {
        let [centre, error, df] = self.scaled()?;
        let reach = t_quantile(0.5 + level / 2.0, df).ok()? * error;
        Some(Interval {
            lower: (centre - reach).tanh(),
            upper: (centre + reach).tanh(),
            level,
            method: Method::StudentArtanh,
        })
    }

    /// One-sided p value against the true difference being at most `value`, within `−1..1`.
    pub fn p_above(&self, value: f64) -> Option<f64> {
        let [centre, error, df] = self.scaled()?;
        t_upper_tail((centre - value.atanh()) / error, df).ok()
    }

    /// The same against at least `value`. It is `1 − p_above(value)`, but exact where that is nothing
    /// but rounding.
    pub fn p_below(&self, value: f64) -> Option<f64> {
        let [centre, error, df] = self.scaled()?;
        t_upper_tail((value.atanh() - centre) / error, df).ok()
    }

    /// Two-sided p value of no difference.
    pub fn p_difference(&self) -> Option<f64> {
        let smaller = self.p_above(0.0)?.min(self.p_below(0.0)?);
        Some((2.0 * smaller).min(1.0))
    }

    /// p value of a difference of at least the margin either way, the larger of two one-sided
    /// tests (TOST, Schuirmann 1987). `margin`: the difference that would not matter, in `0..1`.
    pub fn p_equivalence(&self, margin: f64) -> Option<f64> {
        Some(self.p_above(-margin)?.max(self.p_below(margin)?))
    }

    /// What is believed of the difference; `margin` as above.
    pub fn posterior(&self, margin: f64) -> Option<Posterior> {
        // The p value against at most this is the probability of at most this.
        let (worse, at_most_margin) = (self.p_above(-margin)?, self.p_above(margin)?);
        Some(Posterior {
            none_or_worse: self.p_above(0.0)?,
            worse,
            equivalent: (at_most_margin - worse).max(0.0),
            better: self.p_below(margin)?,
        })
    }

    /// Correlation of the errors of two contrasts. The patients' part comes from the influences.
    /// That of the seeds is taken to be independent between arms, so it is a half where two
    /// contrasts share one arm on the same side, −½ on different sides.
    pub(crate) fn correlation(&self, other: &Self) -> f64 {
        let products = self.influence.iter().zip(&other.influence);
        let sampling: f64 = products.map(|(a, b)| a * b).sum();
        let sign = |arm: usize, [ours, theirs]: [usize; 2]| {
            f64::from(i8::from(arm == ours) - i8::from(arm == theirs))
        };
        let shared: f64 = self
            .arms
            .iter()
            .map(|arm| sign(*arm, self.arms) * sign(*arm, other.arms))
            .sum();
        let seeds = 0.5 * shared * self.beyond_noise() * other.beyond_noise();
        let errors = self.difference.standard_error * other.difference.standard_error;
        match errors > 0.0 {
            true => ((sampling + seeds) / errors).clamp(-1.0, 1.0),
            false => 0.0,
        }
    }

    /// The standard error that seeds add to that of the patients.
    fn beyond_noise(&self) -> f64 {
        let difference = &self.difference;
        let both = difference.standard_error.powi(2);
        (both - difference.sampling_standard_error.powi(2))
            .max(0.0)
            .sqrt()
    }
}
