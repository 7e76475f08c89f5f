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
/// it twice: `√(sampling² + max(0, seeds² − noise²))`. With fewer than ten patients of one class no
/// interval is to be relied on. Neither part holds the choice of data set or of hyperparameters;
/// that of the training cases is in the seed part where every seed draws its own.
///
/// One or two seeds say nothing of other seeds that could be relied on: what they give speaks of
/// these networks and other patients, and whoever concludes from it must say so.
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
    /// The variance between seeds that `standard_error` is made of: their own, or that of the
    /// seeds of arms alike. `None` with one seed.
    pub spread: Option<Spread>,
    /// The error of the mean that is in both parts: over samples of patients, the part in which
    /// seeds differ. 0 with one seed.
    pub noise_standard_error: f64,
    /// Both parts together, the noise once.
    pub standard_error: f64,
    /// Degrees of freedom of `sampling_standard_error`: those of a sum of squares of influences
    /// `v` as uneven as these, `2 (Σ v²)² / Σ v⁴`, at least 1 and at most `cases − 1`. It is about
    /// as many as there are cases of the rarer class, so that few of them widen the interval.
    pub sampling_degrees_of_freedom: f64,
    /// Degrees of freedom of `standard_error`, as [`Combined`]. `None` when the standard error is
    /// zero.
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

/// A variance between training seeds, with what is behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Variance of the statistic of one seed, in its unit squared.
    pub variance: f64,
    /// Degrees of freedom, 0 or more; 0 says nothing.
    pub degrees_of_freedom: f64,
}

impl Spread {
    /// The sample variance of values around their mean; `None` for fewer than two.
    pub fn of(values: &[f64]) -> Option<Self> {
        let count = values.len() as f64;
        // Relative to the first value, so that equal values have exactly no spread.
        let first = *values.first().filter(|_| values.len() > 1)?;
        let mean = first + values.iter().map(|v| v - first).sum::<f64>() / count;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Some(Self {
            variance: squares / (count - 1.0),
            degrees_of_freedom: count - 1.0,
        })
    }

    /// Both as one estimate of the same variance, weighted by their degrees of freedom.
    pub fn pooled(self, other: Self) -> Self {
        let degrees_of_freedom = self.degrees_of_freedom + other.degrees_of_freedom;
        if degrees_of_freedom == 0.0 {
            return self;
        }
        let sum = |spread: Self| spread.variance * spread.degrees_of_freedom;
        Self {
            variance: (sum(self) + sum(other)) / degrees_of_freedom,
            degrees_of_freedom,
        }
    }

    /// This spread strengthened by that of arms alike (Smyth, Statistical Applications in Genetics
    /// and Molecular Biology 2004): pooled where the others vary more, itself where they vary
    /// less. An arm that is wilder than the others must not borrow their calm.
    pub fn moderated(self, others: Self) -> Self {
        match others.variance > self.variance {
            true => self.pooled(others),
            false => self,
        }
    }
}

/// The error of a mean over seeds, of what patients and what seeds bring to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Combined {
    /// `(sampling − noise) + max(spread / k, noise)`.
    pub variance: f64,
    /// `1 / ((1 − w)² / d + w^e / f)`, where `w` is the seeds' share of the variance, `f` the
    /// degrees of freedom of their spread, `d` those of the sampling part, and `e = (f + 2) / 4`
    /// within 1 to 1.5. Welch and Satterthwaite have `e = 2`; with three seeds, whose share is often
    /// small by chance alone, that finds what is not there in up to 8% of cases instead of 5%.
    /// Where the seeds show no more than the noise it is `d`.
    pub degrees_of_freedom: f64,
}

impl Combined {
    /// `sampling`, `noise`: variances of the mean over samples of patients, all of it and the part
    /// in which seeds differ; `spread`: between single seeds, of which there are `seeds`. `None`
    /// where nothing varies.
    pub fn new(sampling: Spread, noise: f64, spread: Option<Spread>, seeds: usize) -> Option<Self> {
        let shown = spread.map_or(0.0, |spread| spread.variance / seeds as f64);
        let between = spread.filter(|_| shown > noise);
        let variance = sampling.variance + (shown - noise).max(0.0);
        let by_sampling = |share: f64| share.powi(2) / sampling.degrees_of_freedom;
        let inverse = match between {
            None => by_sampling(1.0),
            Some(spread) => {
                let share = (shown / variance).min(1.0);
                let exponent = ((spread.degrees_of_freedom + 2.0) / 4.0).clamp(1.0, 1.5);
                by_sampling(1.0 - share) + share.powf(exponent) / spread.degrees_of_freedom
            }
        };
        (variance > 0.0).then(|| Self {
            variance,
            degrees_of_freedom: inverse.recip(),
        })
    }
}

impl SeedMean {
    /// One estimate per seed, all on the same test cases in the same order.
    pub fn new(seeds: &[Estimate]) -> Result<Self, StatsError> {
        Self::with_spread(seeds, |own| own)
    }

    /// The same, its error made of what `spread` makes of the variance between its seeds.
    pub fn with_spread(
        seeds: &[Estimate],
        spread: impl FnOnce(Spread) -> Spread,
    ) -> Result<Self, StatsError> {
        let pooled = Estimate::mean(seeds)?;
        let values: Vec<f64> = seeds.iter().map(Estimate::value).collect();
        let count = values.len() as f64;
        let mean = values[0] + values.iter().map(|v| v - values[0]).sum::<f64>() / count;
        let cases = pooled.influence().participants();
        let sampling = Spread {
            variance: pooled.influence().variance(),
            degrees_of_freedom: evenness(pooled.influence().values(), cases),
        };
        let own = Spread::of(&values);
        let noise = noise(seeds, pooled.influence().values()) / count;
        let spread = own.map(spread);
        let combined = Combined::new(sampling, noise, spread, values.len());
        Ok(Self {
            mean,
            cases,
            sampling_standard_error: sampling.variance.sqrt(),
            seeds: own.map(|own| SeedSpread {
                standard_deviation: own.variance.sqrt(),
                standard_error: (own.variance / count).sqrt(),
            }),
            spread,
            noise_standard_error: noise.sqrt(),
            standard_error: combined.map_or(0.0, |c| c.variance.sqrt()),
            sampling_degrees_of_freedom: sampling.degrees_of_freedom,
            degrees_of_freedom: combined.map(|c| c.degrees_of_freedom),
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
