use rand::RngExt as _;
use rayon::prelude::*;

use super::seed_curves::{Term, check_pairs};
use crate::{Clusters, Finding, Interval, Method, StatsError};
use streams::stream;

/// Most resamples that are worth their time.
const MOST_RESAMPLES: usize = 1_000_000;
/// Fewer usable resamples than this say nothing of a variance.
const FEWEST_USABLE: usize = 50;

/// The mean AUC of an arm over seeds, or the mean paired difference of two arms, with its error by
/// a bootstrap over patients and seeds.
///
/// Every resample draws as many patients as there are, with replacement, and takes all pictures of
/// each with all seeds and both arms, so that nothing that is shared is counted as independent.
/// That gives, in variances:
/// - **sampling**: of the mean over seeds across resamples, the networks being fixed;
/// - **noise**: how much resampling moves single seeds against each other, over `k`. It is part of
///   both the sampling error and the spread that the seeds show;
/// - **seeds**: the sample variance of the seeds' values over `k`, less the noise (0 or more). It
///   is the bootstrap over seeds in closed form, with the correction `k / (k − 1)` without which
///   few seeds come out too alike.
///
/// The interval is Student's t with Welch and Satterthwaite's degrees of freedom, for an arm's
/// mean on the scale of `ln(a / (1 − a))`, for a difference on that of `artanh`. Percentiles of resampled seeds are not used: with three
/// seeds they cover 75% where they claim 95%.
///
/// Simulated, 95% intervals cover 93% to 97%, but 88% to 90% where one class has five patients:
/// with fewer than ten of either class none of this can be relied on, and
/// [`SeedMean`](crate::SeedMean), whose degrees of freedom follow the rarer class, is the better.
///
/// It agrees with [`SeedMean`](crate::SeedMean) on many cases, but needs no formula for the
/// influence of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct HierarchicalBootstrap {
    /// The statistic of each seed.
    pub values: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Standard error over samples of patients, the networks being fixed.
    pub sampling_standard_error: f64,
    /// Standard error over seeds, the patients being fixed. `None` with one seed: unknown, and
    /// everything else then speaks of this one network.
    pub seed_standard_error: Option<f64>,
    /// Both together.
    pub standard_error: f64,
    /// Degrees of freedom of `standard_error`; `None` when that is zero.
    pub degrees_of_freedom: Option<f64>,
    /// 95% interval of the mean; the mean itself, flagged, when the standard error is zero.
    pub interval: Interval,
    /// Resamples that were drawn.
    pub resamples: usize,
    /// Of those, how many left some curve without positive or negative cases and were not used.
    pub unusable: usize,
}

impl HierarchicalBootstrap {
    /// The mean AUC of an arm. `seeds`: for each seed the curves whose mean is its statistic (one
    /// for a single AUC, several for a macro mean); the cases of a curve are positions within
    /// `clusters`, ascending. `resamples`: 50 to 1,000,000, usually 2000; `seed`: of the draw.
    pub fn arm(
        seeds: &[Vec<Finding>],
        clusters: &Clusters,
        resamples: usize,
        seed: u64,
    ) -> Result<Self, StatsError> {
        let seeds = seeds
            .iter()
            .map(|curves| Term::mean(curves, 1.0, clusters))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(&seeds, clusters, resamples, seed, Scale::Logit)
    }

    /// The mean over seeds of arm less baseline: entry `i` of both is from the same seed, with the
    /// same curves of the same cases. Otherwise as [`arm`](Self::arm).
    pub fn difference(
        arm: &[Vec<Finding>],
        baseline: &[Vec<Finding>],
        clusters: &Clusters,
        resamples: usize,
        seed: u64,
    ) -> Result<Self, StatsError> {
        check_pairs(arm, baseline)?;
        let pair = |(arm, baseline): (&Vec<Finding>, &Vec<Finding>)| {
            let mut terms = Term::mean(arm, 1.0, clusters)?;
            terms.extend(Term::mean(baseline, -1.0, clusters)?);
            Ok(terms)
        };
        let seeds = arm.iter().zip(baseline).map(pair);
        let seeds = seeds.collect::<Result<Vec<_>, _>>()?;
        Self::new(&seeds, clusters, resamples, seed, Scale::Artanh)
    }

    fn new(
        seeds: &[Vec<Term>],
        clusters: &Clusters,
        resamples: usize,
        seed: u64,
        scale: Scale,
    ) -> Result<Self, StatsError> {
        if seeds.is_empty() {
            return Err(StatsError::Empty { what: "seeds" });
        }
        if !(FEWEST_USABLE..=MOST_RESAMPLES).contains(&resamples) {
            return Err(StatsError::Parameter {
                parameter: "number of resamples",
                expected: "50 to 1000000",
                found: resamples as f64,
            });
        }
        let ones = vec![1; clusters.cases()];
        let unusable_curve = StatsError::OneClass {
            positives: 0,
            negatives: 0,
        };
        let values = statistics(seeds, &ones, &mut Vec::new()).ok_or(unusable_curve)?;
        let drawn: Vec<Option<Vec<f64>>> = (0..resamples as u64)
            .into_par_iter()
            .map_init(
                || (Vec::new(), Vec::new(), Vec::new()),
                |(of_cluster, of_case, of_curve), index| {
                    draw(clusters, seed, index, of_cluster, of_case);
                    statistics(seeds, of_case, of_curve)
                },
            )
            .collect();
        let usable: Vec<Vec<f64>> = drawn.into_iter().flatten().collect();
        if usable.len() < FEWEST_USABLE {
            return Err(StatsError::TooFewResamples {
                usable: usable.len(),
                resamples,
                needed: FEWEST_USABLE,
            });
        }
        let parts = Parts::new(&values, &usable);
        let degrees_of_freedom = parts.degrees_of_freedom(clusters.count(), seeds.len());
        let standard_error = parts.total().sqrt();
        let interval = match (degrees_of_freedom, scale) {
            (None, _) => Interval::degenerate(parts.mean, 0.95)?,
            (Some(df), Scale::Logit) if 0.0 < parts.mean && parts.mean < 1.0 => {
                Interval::student_logit(parts.mean, standard_error, df, 0.95)?
            }
            (Some(df), Scale::Artanh) if parts.mean.abs() < 1.0 => {
                let error = standard_error / (1.0 - parts.mean.powi(2));
                let plain = Interval::student(parts.mean.atanh(), error, df, 0.95)?;
                Interval {
                    lower: plain.lower.tanh(),
                    upper: plain.upper.tanh(),
                    method: Method::StudentArtanh,
                    ..plain
                }
            }
            (Some(df), _) => Interval::student(parts.mean, standard_error, df, 0.95)?,
        };
        Ok(Self {
            mean: parts.mean,
            sampling_standard_error: parts.sampling.sqrt(),
            seed_standard_error: parts.seeds().map(f64::sqrt),
            standard_error,
            degrees_of_freedom,
            interval,
            resamples,
            unusable: resamples - usable.len(),
            values,
        })
    }
}

/// On which scale an interval is symmetric.
#[derive(Clone, Copy)]
enum Scale {
    Logit,
    /// Of a difference, so that it stays within `−1..=1`.
    Artanh,
}

/// The variances of a mean over seeds.
struct Parts {
    mean: f64,
    sampling: f64,
    /// Sample variance of the seeds' values over their number; `None` with one seed.
    between: Option<f64>,
    /// The part of both that is how resampling moves seeds against each other.
    noise: f64,
}

impl Parts {
    /// `values`: per seed; `resampled`: the same in every usable resample, shape
    /// `[resamples, seeds]`.
    fn new(values: &[f64], resampled: &[Vec<f64>]) -> Self {
        let (rows, count) = (resampled.len() as f64, values.len() as f64);
        let centre: Vec<f64> = (0..values.len())
            .map(|seed| resampled.iter().map(|row| row[seed]).sum::<f64>() / rows)
            .collect();
        let (mut sampling, mut noise) = (0.0, 0.0);
        for row in resampled {
            let moved: Vec<f64> = row.iter().zip(&centre).map(|(a, b)| a - b).collect();
            let mean = moved.iter().sum::<f64>() / count;
            sampling += mean * mean / (rows - 1.0);
            noise += moved.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (rows - 1.0);
        }
        // Relative to the first value, so that equal values have exactly no spread.
        let mean = values[0] + values.iter().map(|v| v - values[0]).sum::<f64>() / count;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let several = values.len() > 1;
        Self {
            mean,
            sampling: cleared(sampling),
            between: several.then(|| cleared(squares / (count - 1.0) / count)),
            noise: if several {
                noise / (count - 1.0) / count
            } else {
                0.0
            },
        }
    }

    fn seeds(&self) -> Option<f64> {
        self.between.map(|between| (between - self.noise).max(0.0))
    }

    fn total(&self) -> f64 {
        self.sampling + self.seeds().unwrap_or(0.0)
    }

    /// Welch and Satterthwaite's: what the seeds show has `seeds − 1`, the rest of the sampling
    /// error `clusters − 1`.
    fn degrees_of_freedom(&self, clusters: usize, seeds: usize) -> Option<f64> {
        let total = self.total();
        if total == 0.0 || clusters < 2 {
            return None;
        }
        let by_seeds = self.between.unwrap_or(0.0).min(total) / total;
        let by_seeds = match self.seeds() {
            Some(part) if part > 0.0 => by_seeds.powi(2) / (seeds as f64 - 1.0),
            _ => 0.0,
        };
        let common = match self.seeds() {
            Some(part) if part > 0.0 => (self.sampling - self.noise).max(0.0) / total,
            _ => 1.0,
        };
        let by_sampling = common.powi(2) / (clusters as f64 - 1.0);
        Some((by_seeds + by_sampling).recip())
    }
}

/// What rounding leaves of a variance of zero is zero.
fn cleared(variance: f64) -> f64 {
    if variance < 1e-30 { 0.0 } else { variance }
}

/// Draws patients; how often each case occurs is left in `of_case`.
fn draw(
    clusters: &Clusters,
    seed: u64,
    index: u64,
    of_cluster: &mut Vec<u32>,
    of_case: &mut Vec<u32>,
) {
    let mut random = stream(seed, "bootstrap of patients", index);
    of_cluster.clear();
    of_cluster.resize(clusters.count(), 0);
    for _ in 0..clusters.count() {
        of_cluster[random.random_range(0..clusters.count())] += 1;
    }
    of_case.clear();
    of_case.extend(
        clusters
            .of_case()
            .iter()
            .map(|&cluster| of_cluster[cluster]),
    );
}

/// The statistic of every seed with weighted cases; `None` where a curve has lost a class.
fn statistics(seeds: &[Vec<Term>], weights: &[u32], of_curve: &mut Vec<u32>) -> Option<Vec<f64>> {
    let mut statistic = |terms: &Vec<Term>| {
        let mut sum = 0.0;
        for term in terms {
            of_curve.clear();
            of_curve.extend(term.cases.iter().map(|&case| weights[case]));
            sum += term.factor * term.curve.auc_weighted(of_curve)?;
        }
        Some(sum)
    };
    seeds.iter().map(&mut statistic).collect()
}
