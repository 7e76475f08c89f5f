use super::arrival::Arrival;
use super::redrawn_curve::RedrawnCurve;
use crate::input::same_length;
use crate::uncertainty::quantile::{t_quantile, t_upper_tail};
use crate::{Bound, Interval, Method, StatsError};

/// How many times as soon or as late still counts as "as soon as".
pub const SPEED_MARGIN: f64 = 1.25;

/// How many times sooner an arm reaches a threshold than the baseline: the geometric mean over
/// paired seeds of the baseline's steps over those of the arm, above 1 where the arm is sooner.
///
/// Steps are those of [`Arrival`]. Where a run has not arrived, every run's steps are cut at the
/// last step at which all that did not arrive are known, and what lies beyond is not seen: see
/// [`Bound`].
///
/// The error has two parts, on the scale of the log. **Seeds**: the spread `s²` of the paired logs
/// over `k`. **Patients**: redrawing the validation patients moves all curves alike; the part of it
/// that seeds share is the mean covariance `c` of two seeds' logs over the draws. What it moves
/// seeds apart by is in their spread already. So the variance of the mean is `s²/k + c`, and the
/// interval Student's t with the degrees of freedom of Welch and Satterthwaite, `k − 1` for the
/// first part.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrivalRatio {
    /// Geometric mean of the ratios, above 0: `baseline_steps / arm_steps`.
    pub ratio: f64,
    /// 95% interval of the ratio; `None` with fewer than three seeds, or where no variation was
    /// seen, which is no certainty.
    pub interval: Option<Interval>,
    /// Whether the interval holds for other patients; else it is over seeds alone, and there are no
    /// p values.
    pub has_patients: bool,
    /// Two-sided p value of a ratio of 1.
    pub p_difference: Option<f64>,
    /// The larger p value of two one-sided tests that the ratio lies outside `1 / SPEED_MARGIN` to
    /// [`SPEED_MARGIN`]; `None` also where the ratio is only a bound.
    pub p_equivalence: Option<f64>,
    /// Geometric mean steps of the baseline.
    pub baseline_steps: f64,
    /// Geometric mean steps of the arm.
    pub arm_steps: f64,
    /// Steps are cut here: the last step that is known of every run.
    pub horizon: f64,
    /// Seeds of the baseline that have not arrived within the horizon.
    pub baseline_censored: usize,
    /// The same of the arm.
    pub arm_censored: usize,
    /// What the ratio is to the ratio of the true, uncut means.
    pub bound: Bound,
}

/// What a [`ArrivalRatio`] allows one to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// The arm arrives earlier.
    Sooner,
    /// The arm arrives later.
    Later,
    /// Within a factor of [`SPEED_MARGIN`] either way.
    AsSoon,
    /// The data are too few to tell.
    Undecided,
}

impl Speed {
    /// What p values, adjusted or not, allow one to say of a ratio at alpha 0.05; none means that
    /// there is no test. A bound allows only what holds for everything beyond it.
    pub fn from_p(
        ratio: f64,
        bound: Bound,
        p_difference: Option<f64>,
        p_equivalence: Option<f64>,
    ) -> Self {
        let rejects = |p: Option<f64>| p.is_some_and(|p| p < 0.05);
        match (rejects(p_equivalence), rejects(p_difference)) {
            (true, _) if bound == Bound::Exact => Self::AsSoon,
            (_, true) if ratio > 1.0 && bound != Bound::AtMost => Self::Sooner,
            (_, true) if ratio < 1.0 && bound != Bound::AtLeast => Self::Later,
            _ => Self::Undecided,
        }
    }
}

impl ArrivalRatio {
    /// Steps until `tau` is reached at `evaluations` evaluations or more; entry `i` of both arms
    /// from the same seed, redrawn with the same [`PatientDraws`](crate::PatientDraws).
    ///
    /// An error where a run arrives before its first evaluation after the start, as its steps are
    /// then unknown, and where no run arrives.
    pub fn new(
        arm: &[RedrawnCurve],
        baseline: &[RedrawnCurve],
        tau: f64,
        evaluations: usize,
    ) -> Result<Self, StatsError> {
        same_length("seeds of the baseline", arm.len(), baseline.len())?;
        let arrivals = |runs: &[RedrawnCurve]| {
            let of_run = |run: &RedrawnCurve| run.arrival(tau, evaluations);
            runs.iter().map(of_run).collect::<Result<Vec<_>, _>>()
        };
        let arrived = [arrivals(baseline)?, arrivals(arm)?];
        let horizon = horizon(arrived.iter().flatten())?;
        let is_open = |arrival: &&Arrival| !is_known(**arrival, horizon);
        let [baseline_censored, arm_censored] =
            [0, 1].map(|side| arrived[side].iter().filter(is_open).count());
        if arm.is_empty() || baseline_censored + arm_censored == 2 * arm.len() {
            return Err(StatsError::NeverReached { runs: arm.len() });
        }
        let bound = match (baseline_censored > 0, arm_censored > 0) {
            (false, false) => Bound::Exact,
            (true, false) => Bound::AtLeast,
            (false, true) => Bound::AtMost,
            (true, true) => Bound::WithinHorizon,
        };
        let logs = |side: usize| arrived[side].iter().map(|a| steps(*a, horizon).ln());
        let ratios: Vec<f64> = logs(0).zip(logs(1)).map(|(b, a)| b - a).collect();
        let redrawn = redrawn_ratios([baseline, arm], tau, evaluations, horizon)?;
        let geometric = |side: usize| (logs(side).sum::<f64>() / arm.len() as f64).exp();
        let (baseline_steps, arm_steps) = (geometric(0), geometric(1));
        let mean = (baseline_steps / arm_steps).ln();
        let error = Error::of(&ratios, redrawn.as_deref());
        let mut found = Self {
            ratio: mean.exp(),
            interval: None,
            has_patients: redrawn.is_some(),
            p_difference: None,
            p_equivalence: None,
            baseline_steps,
            arm_steps,
            horizon,
            baseline_censored,
            arm_censored,
            bound,
        };
        if let Some(error) = error {
            found.interval = Some(error.interval(mean)?);
            if found.has_patients {
                let above = |value: f64| t_upper_tail((mean - value) / error.standard, error.df);
                let p = above(0.0)?;
                found.p_difference = Some((2.0 * p.min(1.0 - p)).min(1.0));
                let margin = SPEED_MARGIN.ln();
                let outside = above(-margin)?.max(1.0 - above(margin)?);
                found.p_equivalence = (bound == Bound::Exact).then_some(outside);
            }
        }
        Ok(found)
    }
}

/// The last step at which all that have not arrived are known; where all have, the last of them.
fn horizon<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> Result<f64, StatsError> {
    let (mut open, mut last) = (f64::INFINITY, 1.0f64);
    for arrival in arrivals {
        match *arrival {
            Arrival::Early { by } => return Err(StatsError::ReachedEarly { step: by }),
            Arrival::Between { at, by, .. } => last = last.max(at).max(by as f64),
            Arrival::Open { after } => open = open.min(after as f64),
        }
    }
    Ok(if open.is_finite() {
        open.max(1.0)
    } else {
        last
    })
}

fn is_known(arrival: Arrival, horizon: f64) -> bool {
    matches!(arrival, Arrival::Between { at, .. } if at <= horizon)
}

fn steps(arrival: Arrival, horizon: f64) -> f64 {
    match arrival {
        Arrival::Between { at, .. } => at.min(horizon).max(1.0),
        Arrival::Early { .. } | Arrival::Open { .. } => horizon,
    }
}

/// Of every pair of seeds, the log of the ratio in every draw; none where a curve has no draws.
fn redrawn_ratios(
    [baseline, arm]: [&[RedrawnCurve]; 2],
    tau: f64,
    evaluations: usize,
    horizon: f64,
) -> Result<Option<Vec<Vec<f64>>>, StatsError> {
    let mut all = Vec::with_capacity(arm.len());
    for (theirs, ours) in baseline.iter().zip(arm) {
        let of = |run: &RedrawnCurve| {
            let last = run.points.last().map_or(1.0, |point| point.0 as f64);
            // Beyond the last arrival a draw may find later ones.
            run.redrawn_steps(tau, evaluations, horizon.max(last))
        };
        let (Some(theirs), Some(ours)) = (of(theirs)?, of(ours)?) else {
            return Ok(None);
        };
        same_length("draws of the baseline", ours.len(), theirs.len())?;
        all.push(
            theirs
                .iter()
                .zip(&ours)
                .map(|(b, a)| (b / a).ln())
                .collect(),
        );
    }
    Ok(Some(all))
}

/// Standard error of the mean log ratio, with its degrees of freedom.
struct Error {
    standard: f64,
    df: f64,
}

impl Error {
    /// `ratios`: of each seed, on the log scale; `redrawn`: the same in every draw of patients. None
    /// with fewer than three seeds, and where nothing varies.
    fn of(ratios: &[f64], redrawn: Option<&[Vec<f64>]>) -> Option<Self> {
        let count = ratios.len() as f64;
        if ratios.len() < 3 {
            return None;
        }
        let by_seeds = variance(ratios.iter().copied()) / count;
        let by_patients = redrawn.map_or(0.0, shared);
        let total = by_seeds + by_patients;
        // What rounding leaves of equal ratios.
        if total.sqrt() < 1e-12 {
            return None;
        }
        let df = (count - 1.0) * (total / by_seeds.max(1e-300)).powi(2);
        Some(Self {
            standard: total.sqrt(),
            df: df.min(1e6),
        })
    }

    fn interval(&self, mean: f64) -> Result<Interval, StatsError> {
        let reach = t_quantile(0.975, self.df)? * self.standard;
        Ok(Interval {
            lower: (mean - reach).exp(),
            upper: (mean + reach).exp(),
            level: 0.95,
            method: Method::StudentT,
        })
    }
}

/// Mean covariance of two seeds over the draws, at least 0:
/// `(k² var(mean) − Σ var) / (k (k − 1))`.
fn shared(redrawn: &[Vec<f64>]) -> f64 {
    let count = redrawn.len() as f64;
    let draws = redrawn.first().map_or(0, Vec::len);
    let sums = (0..draws).map(|draw| redrawn.iter().map(|seed| seed[draw]).sum::<f64>());
    let of_sum = variance(sums);
    let own: f64 = redrawn
        .iter()
        .map(|seed| variance(seed.iter().copied()))
        .sum();
    ((of_sum - own) / (count * (count - 1.0))).max(0.0)
}

/// Sample variance, divisor `n − 1`; 0 with fewer than two values.
fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let mean = values.clone().sum::<f64>() / count;
    values.map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)
}
