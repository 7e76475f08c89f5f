use rand::RngExt as _;
use rayon::prelude::*;

use crate::StatsError;
use crate::input::all_finite;
use crate::uncertainty::quantile::{normal_quantile, t_quantile};
use streams::stream;

/// What the seeds of an arm reach when trained on a number of labelled cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SizeScores {
    /// Training cases, at least 1.
    pub cases: usize,
    /// One value per seed, such as a test AUC, at least 1.
    pub values: Vec<f64>,
}

/// How many times its labels an arm is worth: trained on `n` cases it equals the baseline trained
/// on `factor · n`.
///
/// The baseline's mean over seeds against the logarithm of the training size, made monotone (pool
/// adjacent violators, weighted by seeds) and straight between sizes, is read where it first
/// reaches the arm's mean. Above 1 the arm saves labels.
///
/// The interval is of percentiles over resampled seeds, each mean's distance from the observed one
/// widened by `√(k / (k − 1)) · t / z` (their quantiles at the end of the interval), as few seeds resampled are too alike (Hesterberg,
/// The American Statistician 2015). The t has the degrees of freedom of two means, the arm's and
/// the baseline's of fewest seeds, as the factor rests on at least these. Every size is resampled
/// by itself. An end that lies beyond the
/// sizes that were tried is known as a bound only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelEfficiency {
    /// Training cases of the arm.
    pub cases: usize,
    /// The factor.
    pub factor: Factor,
    /// The interval, lower and upper; `None` if some size has fewer than three seeds.
    pub interval: Option<[Factor; 2]>,
}

/// A ratio of numbers of training cases, as far as the sizes tried allow to know it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Factor {
    /// Known, by interpolation.
    Equal(f64),
    /// The baseline does not get so far on any size: the ratio is above this.
    Above(f64),
    /// The baseline is as good or better on its smallest size: the ratio is at most this.
    AtMost(f64),
}

impl Factor {
    /// In order of size, a bound beyond anything known.
    fn order(self) -> (u8, f64) {
        match self {
            Self::AtMost(factor) => (0, factor),
            Self::Equal(factor) => (1, factor),
            Self::Above(factor) => (2, factor),
        }
    }
}

impl LabelEfficiency {
    /// `baseline`: at least two sizes, ascending. `sampling_standard_error`: of the difference
    /// between arm and baseline over samples of test patients (0 or more), where it is known and
    /// wanted. `level`: of the interval, in (0, 1), usually 0.95. `resamples`: 100 to 1,000,000,
    /// usually 2000; `seed`: of the draw.
    pub fn new(
        arm: &SizeScores,
        baseline: &[SizeScores],
        sampling_standard_error: Option<f64>,
        level: f64,
        resamples: usize,
        seed: u64,
    ) -> Result<Self, StatsError> {
        check(arm, baseline, sampling_standard_error, level, resamples)?;
        let tail = (1.0 - level) / 2.0;
        let observed: Vec<f64> = baseline.iter().map(SizeScores::mean).collect();
        let factor = factor(arm.cases, arm.mean(), baseline, &observed);
        let is_few = |size: &SizeScores| size.values.len() < 3;
        if is_few(arm) || baseline.iter().any(is_few) {
            return Ok(Self {
                cases: arm.cases,
                factor,
                interval: None,
            });
        }
        let fewest = baseline.iter().map(|size| size.values.len()).min();
        let freedom = (arm.values.len() + fewest.unwrap_or(2) - 2) as f64;
        let stretch = t_quantile(1.0 - tail, freedom)? / normal_quantile(1.0 - tail);
        let draw = |index: u64| {
            let mut random = stream(seed, "bootstrap of label efficiency", index);
            let mut resampled = |size: &SizeScores| {
                let count = size.values.len();
                let widening = stretch * (count as f64 / (count - 1) as f64).sqrt();
                let drawn = (0..count).map(|_| size.values[random.random_range(0..count)]);
                let mean = size.mean();
                mean + widening * (drawn.sum::<f64>() / count as f64 - mean)
            };
            let means: Vec<f64> = baseline.iter().map(&mut resampled).collect();
            let of_arm = resampled(arm);
            // Open at both ends, where the quantile is infinite.
            let uniform = (random.random::<f64>() + f64::EPSILON / 4.0).min(1.0 - f64::EPSILON);
            let shift = sampling_standard_error.unwrap_or(0.0) * normal_quantile(uniform);
            self::factor(arm.cases, of_arm + shift, baseline, &means)
        };
        let mut factors: Vec<Factor> = (0..resamples as u64).into_par_iter().map(draw).collect();
        factors.sort_by(|a, b| {
            let (a, b) = (a.order(), b.order());
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        let at = |share: f64| factors[(share * (resamples - 1) as f64).round() as usize];
        Ok(Self {
            cases: arm.cases,
            factor,
            interval: Some([at(tail), at(1.0 - tail)]),
        })
    }
}

impl SizeScores {
    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }
}

fn check(
    arm: &SizeScores,
    baseline: &[SizeScores],
    sampling_standard_error: Option<f64>,
    level: f64,
    resamples: usize,
) -> Result<(), StatsError> {
    let refuse = |parameter, expected, found| {
        Err(StatsError::Parameter {
            parameter,
            expected,
            found,
        })
    };
    for size in baseline.iter().chain([arm]) {
        if size.values.is_empty() {
            return Err(StatsError::Empty {
                what: "values of a training size",
            });
        }
        all_finite("values of a training size", &size.values)?;
        if size.cases == 0 {
            return refuse("training cases", "1 or more", 0.0);
        }
    }
    if baseline.len() < 2 {
        let found = baseline.len() as f64;
        return refuse("training sizes of the baseline", "2 or more", found);
    }
    if let Some(pair) = baseline.windows(2).find(|p| p[0].cases >= p[1].cases) {
        let found = pair[1].cases as f64;
        return refuse("training cases", "more than the size before it", found);
    }
    if let Some(error) = sampling_standard_error
        && !(error >= 0.0 && error.is_finite())
    {
        let expected = "a finite number, 0 or more";
        return refuse("sampling standard error", expected, error);
    }
    if !(level > 0.0 && level < 1.0) {
        return refuse("level of the interval", "between 0 and 1", level);
    }
    if !(100..=1_000_000).contains(&resamples) {
        return refuse("number of resamples", "100 to 1000000", resamples as f64);
    }
    Ok(())
}

/// Where the baseline, with these means, first reaches `value`, over the arm's cases.
fn factor(cases: usize, value: f64, baseline: &[SizeScores], means: &[f64]) -> Factor {
    let curve = monotone(baseline, means);
    let ratio = |size: usize| baseline[size].cases as f64 / cases as f64;
    match curve.iter().position(|&mean| mean >= value) {
        None => Factor::Above(ratio(baseline.len() - 1)),
        // On the smallest size exactly as good is known, not a bound.
        Some(0) if curve[0] == value => Factor::Equal(ratio(0)),
        Some(0) => Factor::AtMost(ratio(0)),
        Some(size) => {
            let share = (value - curve[size - 1]) / (curve[size] - curve[size - 1]);
            let (low, high) = (ratio(size - 1).ln(), ratio(size).ln());
            Factor::Equal((low + share * (high - low)).exp())
        }
    }
}

/// The means made non-decreasing by pooling neighbours in the wrong order, weighted by seeds.
fn monotone(sizes: &[SizeScores], means: &[f64]) -> Vec<f64> {
    // Blocks of mean, weight and number of sizes.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (size, &mean) in sizes.iter().zip(means) {
        let mut block = (mean, size.values.len() as f64, 1);
        while let Some(&(before, weight, count)) = blocks.last()
            && before > block.0
        {
            let total = weight + block.1;
            block = (
                (before * weight + block.0 * block.1) / total,
                total,
                count + block.2,
            );
            blocks.pop();
        }
        blocks.push(block);
    }
    let spread = |&(mean, _, count): &(f64, f64, usize)| std::iter::repeat_n(mean, count);
    blocks.iter().flat_map(spread).collect()
}
