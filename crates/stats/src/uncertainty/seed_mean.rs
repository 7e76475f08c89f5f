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
/// mostly the first. Both hold the **noise** by which finitely many cases move seeds against each
/// other, which is known from the influences, so `standard_error` combines them without counting
/// it twice: `√(sampling² + max(0, seeds² − noise²))`. Simulated, differences of arms are then
/// covered 93% to 97% of the time, where `√(sampling² + seeds²)` covers up to 99.8% and misses what
/// could be found. With fewer than ten patients of one class no interval is to be relied on. Neither part holds the choice
/// of data set or of hyperparameters; that of the training cases is in the seed part where every
/// seed draws its own.
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
    /// The error of the mean that is in both parts: over samples of patients, the part in which
    /// seeds differ. 0 with one seed.
    pub noise_standard_error: f64,
    /// Both parts together, the noise once.
    pub standard_error: f64,
    /// Degrees of freedom of `sampling_standard_error`: those of a sum of squares of influences
    /// `v` as uneven as these, `2 (Σ v²)² / Σ v⁴`, at least 1 and at most `cases − 1`. It is about
    /// as many as there are cases of the rarer class, so that few of them widen the interval.
    pub sampling_degrees_of_freedom: f64,
    /// Degrees of freedom of `standard_error` by Welch and Satterthwaite: `k − 1` for what the
    /// seeds show, those of the sampling part for the rest of it. `None` when the standard error
    /// is zero.
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
        let noise = noise(seeds, pooled.influence().values()) / count;
        let beyond_noise = (seed_part - noise).max(0.0);
        let total = sampling + beyond_noise;
        let sampling_degrees_of_freedom = evenness(pooled.influence().values(), cases);
        let degrees_of_freedom = (total > 0.0).then(|| {
            let (common, shown) = match beyond_noise {
                0.0 => (sampling, 0.0),
                _ => ((sampling - noise).max(0.0), seed_part),
            };
            // Shares instead of variances, so that squares of tiny numbers do not vanish.
            let by_sampling = (common / total).powi(2) / sampling_degrees_of_freedom;
            let by_seeds = match shown {
                0.0 => 0.0,
                shown => (shown / total).powi(2) / (count - 1.0),
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
            noise_standard_error: noise.sqrt(),
            standard_error: total.sqrt(),
            sampling_degrees_of_freedom,
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

    /// The same for an AUC, symmetric on the scale of `ln(a / (1 − a))`: it never leaves `0..=1`
    /// and covers better near 1. At exactly 0 or 1 it is [`interval`](Self::interval).
    pub fn logit_interval(&self, level: f64) -> Result<Interval, StatsError> {
        match self.degrees_of_freedom {
            Some(df) if 0.0 < self.mean && self.mean < 1.0 => {
                Interval::student_logit(self.mean, self.standard_error, df, level)
            }
            _ => self.interval(level),
        }
    }

    /// One-sided p value that the mean exceeds `value`; `None` when the standard error is zero.
    pub(crate) fn p_above(&self, value: f64) -> Result<Option<f64>, StatsError> {
        self.degrees_of_freedom
            .map(|df| t_upper_tail((self.mean - value) / self.standard_error, df))
            .transpose()
    }
}

impl Estimate {
    /// Interval over samples of cases, or of clusters after [`by_cluster`](Self::by_cluster), as
    /// [`SeedMean::logit_interval`] of one seed: Student's t on the scale of `ln(a / (1 − a))`,
    /// which covers better than the normal quantile where one class is rare. `level`: 0.95 for a
    /// 95% interval. The value itself, flagged, where the variance is zero.
    pub fn logit_interval(&self, level: f64) -> Result<Interval, StatsError> {
        SeedMean::new(std::slice::from_ref(self))?.logit_interval(level)
    }
}

/// How much one seed's statistic moves against the mean over samples of patients: the sum over
/// cases of the sample variance of the seeds' influences. 0 with one seed.
fn noise(seeds: &[Estimate], mean: &[f64]) -> f64 {
    if seeds.len() < 2 {
        return 0.0;
    }
    let of_seed = |seed: &Estimate| {
        let moved = seed.influence().values().iter().zip(mean);
        moved.map(|(v, mean)| (v - mean).powi(2)).sum::<f64>()
    };
    seeds.iter().map(of_seed).sum::<f64>() / (seeds.len() as f64 - 1.0)
}

/// Degrees of freedom of the sum of squares of `influences`.
fn evenness(influences: &[f64], cases: usize) -> f64 {
    let largest = influences.iter().fold(0.0f64, |l, v| l.max(v.abs()));
    let most = (cases as f64 - 1.0).max(1.0);
    if largest == 0.0 {
        return most;
    }
    // Relative to the largest, so that fourth powers of tiny numbers do not vanish.
    let power = |n: i32| {
        influences
            .iter()
            .map(|v| (v / largest).powi(n))
            .sum::<f64>()
    };
    (2.0 * power(2).powi(2) / power(4)).clamp(1.0, most)
}
