//! What concerns several runs: equivalence of two groups, corrections, how much sooner.

use pyo3::prelude::*;
use stats::{ArrivalRatio, Bound, Group, GroupComparison, RedrawnCurve, Variances};

use crate::auc::word;
use crate::refused;

/// Difference, standard error, degrees of freedom, interval, both p values, smallest detectable
/// difference, outcome.
type Compared = (
    f64,
    f64,
    Option<f64>,
    (f64, f64),
    [Option<f64>; 2],
    Option<f64>,
    &'static str,
);

/// Ratio, interval, mean steps of the arm and the baseline, horizon, how many of each have not
/// arrived, what the ratio is a bound of.
type Sooner = (
    f64,
    Option<(f64, f64)>,
    [f64; 2],
    f64,
    [usize; 2],
    &'static str,
);

/// Holm's correction; absent values stay absent.
#[pyfunction]
pub fn holm(p: Vec<Option<f64>>) -> PyResult<Vec<Option<f64>>> {
    stats::holm(&p).map_err(refused)
}

/// Two groups of runs, unpaired, by Welch's or Student's test and two one-sided tests.
#[pyfunction]
#[pyo3(signature = (arm, baseline, margin, pooled))]
pub fn equivalence(
    arm: (f64, f64, usize),
    baseline: (f64, f64, usize),
    margin: f64,
    pooled: bool,
) -> PyResult<Compared> {
    let group = |(mean, standard_deviation, count)| Group {
        mean,
        standard_deviation,
        count,
    };
    let variances = match pooled {
        true => Variances::Pooled,
        false => Variances::Welch,
    };
    let found = GroupComparison::new(group(arm), group(baseline), margin, variances);
    let found = found.map_err(refused)?;
    Ok((
        found.difference,
        found.standard_error,
        found.degrees_of_freedom,
        (found.interval.lower, found.interval.upper),
        [found.p_difference, found.p_equivalence],
        found.smallest_detectable,
        word(found.outcome),
    ))
}

/// How many times sooner an arm arrives at `threshold` than the baseline, over paired seeds.
#[pyfunction]
#[pyo3(signature = (arm, baseline, threshold, evaluations))]
pub fn speed_up(
    py: Python<'_>,
    arm: Vec<Vec<(u64, f64)>>,
    baseline: Vec<Vec<(u64, f64)>>,
    threshold: f64,
    evaluations: usize,
) -> PyResult<Sooner> {
    let curves = |all: Vec<Vec<(u64, f64)>>| -> Vec<RedrawnCurve> {
        let curve = |points| RedrawnCurve {
            points,
            draws: None,
        };
        all.into_iter().map(curve).collect()
    };
    let (arm, baseline) = (curves(arm), curves(baseline));
    let found = py
        .detach(|| ArrivalRatio::new(&arm, &baseline, threshold, evaluations))
        .map_err(refused)?;
    let bound = match found.bound {
        Bound::Exact => "exact",
        Bound::AtLeast => "at-least",
        Bound::AtMost => "at-most",
        Bound::WithinHorizon => "within-horizon",
    };
    Ok((
        found.ratio,
        found
            .interval
            .map(|interval| (interval.lower, interval.upper)),
        [found.arm_steps, found.baseline_steps],
        found.horizon,
        [found.arm_censored, found.baseline_censored],
        bound,
    ))
}
