use crate::input::same_length;
use crate::uncertainty::quantile::t_quantile;
use crate::{Crossing, Interval, KaplanMeier, Method, StatsError};

/// How many times sooner an arm reaches a threshold than the baseline: restricted mean steps of
/// the baseline over those of the arm, above 1 where the arm is sooner.
///
/// Steps are floored at 1, so that an arm that starts above the threshold has a finite speed-up.
/// Without censoring it is the ratio of the mean steps. With censoring both means are restricted
/// to a common horizon, and what lies beyond it is not seen: see [`Bound`].
///
/// The interval is Student's t on the log of the ratio with the standard error of the jackknife
/// over paired seeds and `k − 1` degrees of freedom. Simulated, it covers 94% to 95% from
/// three seeds on; percentiles of a seed bootstrap cover 75% with three, 83% with five and 91% with
/// ten.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeedUp {
    /// Ratio of restricted means, above 0.
    pub ratio: f64,
    /// 95% interval of the ratio; `None` with fewer than three seeds, or where no variation was
    /// seen, which is no certainty.
    pub interval: Option<Interval>,
    /// Restricted mean steps of the baseline.
    pub baseline_steps: f64,
    /// Restricted mean steps of the arm.
    pub arm_steps: f64,
    /// The horizon, in steps: the last step up to which both curves are known.
    pub horizon: f64,
    /// Seeds of the baseline that ended before they arrived within the horizon.
    pub baseline_censored: usize,
    /// The same of the arm.
    pub arm_censored: usize,
    /// What the ratio is to the ratio of the true, unrestricted means.
    pub bound: Bound,
}

/// What censoring makes of a [`SpeedUp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Every seed arrived: the ratio itself.
    Exact,
    /// Some seeds of the baseline did not: the speed-up is at least this.
    AtLeast,
    /// Some seeds of the arm did not: the speed-up is at most this.
    AtMost,
    /// Some seeds of both did not: a ratio within the horizon only.
    WithinHorizon,
}

impl SpeedUp {
    /// One crossing per seed, entry `i` of both from the same seed. An error where no seed of
    /// either arrived, as there is nothing to compare.
    pub fn new(arm: &[Crossing], baseline: &[Crossing]) -> Result<Self, StatsError> {
        same_length("seeds of the baseline", arm.len(), baseline.len())?;
        let (arm, baseline) = (floored(arm), floored(baseline));
        let curves = [KaplanMeier::new(&baseline)?, KaplanMeier::new(&arm)?];
        if curves.iter().all(|curve| curve.points.is_empty()) {
            return Err(StatsError::NeverReached { runs: arm.len() });
        }
        let known = curves[0].known_until().min(curves[1].known_until());
        let horizon = if known.is_finite() {
            known
        } else {
            curves[0].last.max(curves[1].last)
        };
        let [baseline_steps, arm_steps] = [
            curves[0].restricted_mean(horizon)?.mean,
            curves[1].restricted_mean(horizon)?.mean,
        ];
        let cut = |runs: &[Crossing]| runs.iter().filter(|run| is_open(**run, horizon)).count();
        let (baseline_censored, arm_censored) = (cut(&baseline), cut(&arm));
        let bound = match (baseline_censored > 0, arm_censored > 0) {
            (false, false) => Bound::Exact,
            (true, false) => Bound::AtLeast,
            (false, true) => Bound::AtMost,
            (true, true) => Bound::WithinHorizon,
        };
        let log_ratio = (baseline_steps / arm_steps).ln();
        Ok(Self {
            ratio: log_ratio.exp(),
            interval: jackknife(&arm, &baseline, horizon, log_ratio)?,
            baseline_steps,
            arm_steps,
            horizon,
            baseline_censored,
            arm_censored,
            bound,
        })
    }
}

/// Crossings at step 1 at the earliest.
fn floored(runs: &[Crossing]) -> Vec<Crossing> {
    let floor = |run: &Crossing| match *run {
        Crossing::Reached { at } => Crossing::Reached { at: at.max(1.0) },
        Crossing::Censored { at } => Crossing::Censored { at: at.max(1) },
    };
    runs.iter().map(floor).collect()
}

/// Whether a run has not arrived within the horizon.
fn is_open(run: Crossing, horizon: f64) -> bool {
    match run {
        Crossing::Reached { at } => at > horizon,
        Crossing::Censored { .. } => true,
    }
}

/// The interval of the ratio from leaving out one pair of seeds at a time.
fn jackknife(
    arm: &[Crossing],
    baseline: &[Crossing],
    horizon: f64,
    log_ratio: f64,
) -> Result<Option<Interval>, StatsError> {
    let seeds = arm.len();
    if seeds < 3 {
        return Ok(None);
    }
    let without = |runs: &[Crossing], left: usize| -> Result<f64, StatsError> {
        let kept: Vec<Crossing> = runs[..left]
            .iter()
            .chain(&runs[left + 1..])
            .copied()
            .collect();
        Ok(KaplanMeier::new(&kept)?.restricted_mean(horizon)?.mean)
    };
    let mut logs = Vec::with_capacity(seeds);
    for left in 0..seeds {
        logs.push((without(baseline, left)? / without(arm, left)?).ln());
    }
    let count = seeds as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    let standard_error = ((count - 1.0) / count * squares).sqrt();
    // What rounding leaves of equal ratios.
    if standard_error < 1e-12 {
        return Ok(None);
    }
    let reach = t_quantile(0.975, count - 1.0)? * standard_error;
    Ok(Some(Interval {
        lower: (log_ratio - reach).exp(),
        upper: (log_ratio + reach).exp(),
        level: 0.95,
        method: Method::StudentT,
    }))
}
