use crate::uncertainty::interval::upper_probability;
use crate::uncertainty::quantile::{chi_squared_upper_tail, normal_quantile};
use crate::{Crossing, StatsError};

/// The share of runs that have not reached a threshold yet, against steps, from runs some of which
/// ended before (right censoring): the product-limit estimate of Kaplan and Meier (JASA 1958).
///
/// At each step where runs arrive, the share is multiplied by `1 − arrived / still running`; a run
/// censored at that very step counts as running. Without censoring it is the plain share of runs
/// that took longer. It takes the reason a run ended for unrelated to its speed, as a fixed budget
/// of steps is. Not a statement of runs that never arrive: beyond the last step it is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// One entry per step at which some run arrived, ascending.
    pub points: Vec<SurvivalPoint>,
    /// Number of runs, at least 1.
    pub runs: usize,
    /// How many of them were censored.
    pub censored: usize,
    /// The last step that is known of any run.
    pub last: f64,
}

/// The survival curve just after a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalPoint {
    /// The step, interpolated between evaluations.
    pub step: f64,
    /// Runs that had neither arrived nor ended before it, at least 1.
    pub running: usize,
    /// Runs that arrived at it, at least 1.
    pub arrived: usize,
    /// Share of runs that take longer, in `0..=1`.
    pub survival: f64,
    /// Greenwood's sum `Σ d / (n (n − d))`, the variance of the log of `survival`; infinite where
    /// that is 0.
    greenwood: f64,
}

/// The median number of steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MedianSteps {
    /// The first step by which half the runs or more have arrived; `None` if fewer ever did.
    pub median: Option<f64>,
    /// Lower end of the interval; `None` where even that lies beyond the last step.
    pub lower: Option<f64>,
    /// Upper end; `None` where the curve never falls that low, so there is no upper bound.
    pub upper: Option<f64>,
}

/// The mean of `min(steps, horizon)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestrictedMean {
    /// Area under the survival curve from 0 to the horizon, in steps.
    pub mean: f64,
    /// Its variance by Greenwood's formula, `Σ A(t)² d / (n (n − d))` over arrivals before the
    /// horizon, with `A(t)` the area from there on; in steps². Biased low for few runs: without
    /// censoring it is the sample variance with divisor `n`, over `n`.
    pub variance: f64,
    /// The horizon, in steps.
    pub horizon: f64,
}

impl KaplanMeier {
    /// One crossing per run.
    pub fn new(runs: &[Crossing]) -> Result<Self, StatsError> {
        if runs.is_empty() {
            return Err(StatsError::Empty { what: "runs" });
        }
        let mut known: Vec<(f64, bool)> = runs.iter().map(|run| run.known()).collect();
        let steps: Vec<f64> = known.iter().map(|run| run.0).collect();
        crate::input::all_finite("steps", &steps)?;
        if let Some(&found) = steps.iter().find(|step| **step < 0.0) {
            return Err(StatsError::Parameter {
                parameter: "steps",
                expected: "0 or more",
                found,
            });
        }
        known.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let mut running = known.len();
        let mut points = Vec::new();
        for tied in known.chunk_by(|a, b| a.0 == b.0) {
            let arrived = tied.iter().filter(|run| run.1).count();
            if arrived > 0 {
                let (d, n) = (arrived as f64, running as f64);
                survival *= 1.0 - d / n;
                greenwood += d / (n * (n - d));
                points.push(SurvivalPoint {
                    step: tied[0].0,
                    running,
                    arrived,
                    survival,
                    greenwood,
                });
            }
            running -= tied.len();
        }
        Ok(Self {
            points,
            runs: known.len(),
            censored: known.iter().filter(|run| !run.1).count(),
            last: known.last().map_or(0.0, |run| run.0),
        })
    }

    /// Share of runs that take longer than `step`, in `0..=1`; beyond the last step that of the
    /// last step.
    pub fn survival(&self, step: f64) -> f64 {
        let after = self.points.partition_point(|point| point.step <= step);
        match after {
            0 => 1.0,
            after => self.points[after - 1].survival,
        }
    }

    /// Up to which step the curve is known: without bound where the last run arrived, as then none
    /// is left.
    pub fn known_until(&self) -> f64 {
        match self.points.last() {
            Some(point) if point.survival == 0.0 => f64::INFINITY,
            _ => self.last,
        }
    }

    /// The median with the interval of Brookmeyer and Crowley (Biometrics 1982) on the scale of
    /// `ln(−ln S)`: all steps at which a survival of one half is not rejected. `level`: 0.95 for a
    /// 95% interval.
    pub fn median(&self, level: f64) -> Result<MedianSteps, StatsError> {
        let z = normal_quantile(upper_probability(level)?);
        let first = |is_below: &dyn Fn(&SurvivalPoint) -> bool| {
            self.points.iter().find(|p| is_below(p)).map(|p| p.step)
        };
        let half = |survival: f64| survival <= 0.5;
        Ok(MedianSteps {
            median: first(&|p| half(p.survival)),
            lower: first(&|p| half(p.bound(z))),
            upper: first(&|p| half(p.bound(-z))),
        })
    }

    /// The mean number of steps up to `horizon`, above 0. Beyond [`known_until`](Self::known_until)
    /// the curve is taken to stay level, so that the mean is an upper bound there.
    pub fn restricted_mean(&self, horizon: f64) -> Result<RestrictedMean, StatsError> {
        if !(horizon > 0.0 && horizon.is_finite()) {
            return Err(StatsError::Parameter {
                parameter: "horizon",
                expected: "a number of steps above 0",
                found: horizon,
            });
        }
        let mut variance = 0.0;
        let (mut area, mut end) = (0.0, horizon);
        for point in self.points.iter().rev().filter(|p| p.step < horizon) {
            area += point.survival * (end - point.step);
            end = point.step;
            let (d, n) = (point.arrived as f64, point.running as f64);
            // After the last run arrived no area is left, and its term with it.
            if n > d {
                variance += area * area * d / (n * (n - d));
            }
        }
        Ok(RestrictedMean {
            mean: area + end,
            variance,
            horizon,
        })
    }
}

impl SurvivalPoint {
    /// A pointwise bound of the survival, `S^exp(±z · se / ln S)`; lower for positive `z`. Where
    /// nothing is left there is no variance to go by, and so no upper bound below 1.
    fn bound(&self, z: f64) -> f64 {
        if self.survival == 0.0 {
            return if z > 0.0 { 0.0 } else { 1.0 };
        }
        let log = self.survival.ln();
        let error = self.greenwood.sqrt() / log.abs();
        (log * (z * error).exp()).exp()
    }
}

/// Whether two groups of runs arrive equally soon: the log-rank test (Mantel 1966).
///
/// Compares arrivals with those expected if all runs still on their way had the same chance, over
/// the whole time; weak where the curves cross. `p` rests on a chi-squared distribution with one
/// degree of freedom, rough for fewer than ten runs a group. Runs count as unpaired.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRank {
    /// Arrivals in the first group less those expected; above 0 where it is sooner.
    pub excess: f64,
    /// `excess² / variance`.
    pub statistic: f64,
    /// Two-sided p value.
    pub p: f64,
}

impl LogRank {
    /// One crossing per run of each group; `None` where nothing arrives that could be compared.
    pub fn new(first: &[Crossing], second: &[Crossing]) -> Result<Option<Self>, StatsError> {
        let both: Vec<Crossing> = first.iter().chain(second).copied().collect();
        KaplanMeier::new(first)?;
        KaplanMeier::new(second)?;
        let of_first: Vec<(f64, bool)> = first.iter().map(|run| run.known()).collect();
        let (mut excess, mut variance) = (0.0, 0.0);
        for point in KaplanMeier::new(&both)?.points {
            let running = of_first.iter().filter(|run| run.0 >= point.step).count() as f64;
            let arrived = of_first
                .iter()
                .filter(|run| **run == (point.step, true))
                .count() as f64;
            let (d, n) = (point.arrived as f64, point.running as f64);
            let share = running / n;
            excess += arrived - d * share;
            if n > 1.0 {
                variance += d * share * (1.0 - share) * (n - d) / (n - 1.0);
            }
        }
        if variance <= 0.0 {
            return Ok(None);
        }
        let statistic = excess * excess / variance;
        Ok(Some(Self {
            excess,
            statistic,
            p: chi_squared_upper_tail(statistic),
        }))
    }
}

impl Crossing {
    /// The step that is known, and whether the value was reached there.
    pub(crate) fn known(self) -> (f64, bool) {
        match self {
            Self::Reached { at } => (at, true),
            Self::Censored { at } => (at as f64, false),
        }
    }
}
