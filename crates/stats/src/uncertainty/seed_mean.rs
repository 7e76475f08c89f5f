use crate::uncertainty::quantile::t_upper_tail;
use crate::{Estimate, Interval, StatsError};

/// The mean of a statistic over training seeds on one set of test cases, with both of its
/// sources of error.
///
/// - **Sampling**: other patients would have given other numbers. From the mean of the seeds'
///   influences, so seeds that err on the same patients do not average that error away.
/// - **Seeds**: other seeds would have trained other networks. From the spread of the seeds'
///   values, `s² / k` for `k` seeds.
///
/// The two are kept apart, to be shown apart: more seeds shrink only the second, more patients
/// mostly the first. `standard_error` combines them, `√(sampling² + seeds²)`. The spread of the
/// seeds on finitely many cases holds a little sampling noise of its own, so the combination is
/// slightly too wide rather than too narrow. Neither part holds the choice of data set or of
/// hyperparameters; that of the training cases is in the seed part where every seed draws its own.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedMean {
    /// The statistic of each seed, in the order given.
    pub values: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Test cases that took part, as [`Influence::participants`](crate::Influence::participants).
    pub cases: usize,
    /// Standard error of the mean over samples of patients, the networks being fixed.
    pub sampling_standard_error: f64,
    /// Spread over seeds. `None` with one seed: how much training varies is then **unknown**, and
    /// everything below speaks of this one network, not of its way of training.
    pub seeds: Option<SeedSpread>,
    /// Both parts together.
    pub standard_error: f64,
    /// Degrees of freedom of `standard_error` by Welch and Satterthwaite, with `cases − 1` for
    /// the sampling part and `k − 1` for the seeds. `None` when the standard error is zero. The
    /// sampling part is generous when one class is rare.
    pub degrees_of_freedom: Option<f64>,
}

/// How a statistic spreads over seeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeedSpread {
    /// Sample standard deviation over seeds (divisor `k − 1`).
    pub standard_deviation: f64,
    /// Standard error of the mean over seeds, `standard_deviation / √k`.
    pub standard_error: f64,
}

impl SeedMean {
    /// One estimate per seed, all on the same test cases in the same order.
    pub fn new(seeds: &[Estimate]) -> Result<Self, StatsError> {
        let pooled = Estimate::mean(seeds)?;
        let values: Vec<f64> = seeds.iter().map(Estimate::value).collect();
        let count = values.len() as f64;
        // Relative to the first value, so that equal values have exactly no spread.
        let mean = values[0] + values.iter().map(|v| v - values[0]).sum::<f64>() / count;
        let cases = pooled.influence().participants();
        let sampling = pooled.influence().variance();
        let between = (values.len() > 1).then(|| {
            let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
            squares / (count - 1.0)
        });
        let seed_part = between.map_or(0.0, |variance| variance / count);
        let total = sampling + seed_part;
        let degrees_of_freedom = (total > 0.0).then(|| {
            // Shares instead of variances, so that squares of tiny numbers do not vanish.
            let by_sampling = (sampling / total).powi(2) / (cases as f64 - 1.0);
            let by_seeds = match between {
                Some(_) => (seed_part / total).powi(2) / (count - 1.0),
                None => 0.0,
            };
            (by_sampling + by_seeds).recip()
        });
        Ok(Self {
            mean,
            cases,
            sampling_standard_error: sampling.sqrt(),
            seeds: between.map(|variance| SeedSpread {
                standard_deviation: variance.sqrt(),
                standard_error: seed_part.sqrt(),
            }),
            standard_error: total.sqrt(),
            degrees_of_freedom,
            values,
        })
    }

    /// Interval `mean ± t · standard_error` for the mean over new seeds and new patients (with
    /// one seed: new patients only). `level`: 0.95 for a 95% interval. Flagged
    /// [`Method::Degenerate`](crate::Method::Degenerate) when the standard error is zero.
    pub fn interval(&self, level: f64) -> Result<Interval, StatsError> {
        match self.degrees_of_freedom {
            Some(df) => Interval::student(self.mean, self.standard_error, df, level),
            None => Interval::degenerate(self.mean, level),
        }
    }

    /// One-sided p value that the mean exceeds `value`; `None` when the standard error is zero.
    pub(crate) fn p_above(&self, value: f64) -> Result<Option<f64>, StatsError> {
        self.degrees_of_freedom
            .map(|df| t_upper_tail((self.mean - value) / self.standard_error, df))
            .transpose()
    }
}
