//! The AUC of one score, and of two on the same cases.

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use stats::{
    Clusters, Delong, Estimate, Interval, Method, Obuchowski, Outcome, PairedCurves, StatsError,
    normal_below, normal_quantile,
};

use crate::refused;

/// AUC, standard error, lower and upper end, how the interval was made, clusters.
type One = (f64, f64, f64, f64, &'static str, Option<usize>);

/// AUCs of both, their standard errors and covariance.
type Both = ([f64; 2], [f64; 2], f64);

/// The AUCs; difference, its standard error and interval; z and p; p of equivalence and outcome.
type Paired = (
    Both,
    (f64, f64, f64, f64),
    Option<(f64, f64)>,
    Option<(Option<f64>, &'static str)>,
);

fn clusters(patients: Option<&[Option<String>]>) -> Result<Option<Clusters>, StatsError> {
    patients
        .map(|names| Clusters::new(names.iter().map(Option::as_deref)))
        .transpose()
}

/// One AUC with its standard error and interval; clustered where `patients` are given.
#[pyfunction]
#[pyo3(signature = (labels, scores, patients, level, student))]
pub fn delong(
    py: Python<'_>,
    labels: PyReadonlyArray1<'_, bool>,
    scores: PyReadonlyArray1<'_, f64>,
    patients: Option<Vec<Option<String>>>,
    level: f64,
    student: bool,
) -> PyResult<One> {
    let (labels, scores) = (labels.as_slice()?, scores.as_slice()?);
    py.detach(|| one(labels, scores, patients.as_deref(), level, student))
        .map_err(refused)
}

fn one(
    labels: &[bool],
    scores: &[f64],
    patients: Option<&[Option<String>]>,
    level: f64,
    student: bool,
) -> Result<One, StatsError> {
    let curve = Delong::new(labels, scores)?;
    let told = |error, Interval { lower, upper, .. }, method, clusters| {
        (curve.auc(), error, lower, upper, method, clusters)
    };
    let clusters = clusters(patients)?;
    if student {
        let mut estimate = curve.estimate()?;
        if let Some(clusters) = &clusters {
            estimate = estimate.by_cluster(clusters)?;
        }
        let interval = match estimate.logit_interval(level)? {
            // Nothing varied, and an interval of no width would claim certainty; as in a study.
            found if found.method == Method::Degenerate => curve.logit_interval(level)?,
            found => found,
        };
        let error = estimate.influence().variance().sqrt();
        let count = clusters.as_ref().map(Clusters::count);
        return Ok(told(error, interval, method(interval), count));
    }
    Ok(match clusters {
        None => {
            let interval = curve.logit_interval(level)?;
            told(curve.standard_error()?, interval, method(interval), None)
        }
        Some(clusters) => {
            let clustered = Obuchowski::new(&curve, &clusters)?;
            let interval = clustered.logit_interval(level)?;
            let count = Some(clustered.clusters);
            told(
                clustered.standard_error(),
                interval,
                method(interval),
                count,
            )
        }
    })
}

fn method(interval: Interval) -> &'static str {
    match interval.method {
        Method::Logit => "logit",
        Method::StudentLogit => "student-logit",
        Method::DisjointPairs => "disjoint-pairs",
        _ => "other",
    }
}

/// Two AUCs on the same cases, their difference, its test and, with a margin, equivalence.
#[pyfunction]
#[pyo3(signature = (labels, first, second, patients, level, margin))]
pub fn delong_paired(
    py: Python<'_>,
    labels: PyReadonlyArray1<'_, bool>,
    first: PyReadonlyArray1<'_, f64>,
    second: PyReadonlyArray1<'_, f64>,
    patients: Option<Vec<Option<String>>>,
    level: f64,
    margin: Option<f64>,
) -> PyResult<Paired> {
    let labels = labels.as_slice()?;
    let scores = [first.as_slice()?, second.as_slice()?];
    py.detach(|| paired(labels, scores, patients.as_deref(), level, margin))
        .map_err(refused)
}

fn paired(
    labels: &[bool],
    [first, second]: [&[f64]; 2],
    patients: Option<&[Option<String>]>,
    level: f64,
    margin: Option<f64>,
) -> Result<Paired, StatsError> {
    let within = |parameter, expected, found: f64, is_right: bool| match is_right {
        true => Ok(()),
        false => Err(StatsError::Parameter {
            parameter,
            expected,
            found,
        }),
    };
    let is_level = level > 0.0 && level <= 0.999_999;
    within(
        "confidence level",
        "above 0 and at most 0.999999",
        level,
        is_level,
    )?;
    if let Some(margin) = margin {
        let is_margin = margin > 0.0 && margin < 1.0;
        within("margin", "a number between 0 and 1", margin, is_margin)?;
    }
    let curves = [Delong::new(labels, first)?, Delong::new(labels, second)?];
    // It checks that both are of the same cases.
    PairedCurves::new(&curves[0], &curves[1])?;
    let estimate = |curve: &Delong, clusters: Option<&Clusters>| -> Result<Estimate, StatsError> {
        match clusters {
            Some(clusters) => curve.estimate()?.by_cluster(clusters),
            None => curve.estimate(),
        }
    };
    let clusters = clusters(patients)?;
    let a = estimate(&curves[0], clusters.as_ref())?;
    let b = estimate(&curves[1], clusters.as_ref())?;
    let covariance = a.influence().covariance(b.influence())?;
    let contrast = a.difference(&b)?;
    let difference = contrast.value();
    let error = contrast.influence().variance().sqrt();
    let reach = normal_quantile(0.5 + 0.5 * level) * error;
    let test = (error > 0.0).then(|| {
        let z = difference / error;
        (z, (2.0 * normal_below(-z.abs())).min(1.0))
    });
    let equivalence = margin.map(|margin| {
        let p = (error > 0.0).then(|| {
            let low = normal_below(-(difference + margin) / error);
            low.max(normal_below((difference - margin) / error))
        });
        let outcome = Outcome::from_p(difference, test.map(|(_, p)| p), p);
        (p, word(outcome))
    });
    let own = |of: &Estimate| of.influence().variance().sqrt();
    Ok((
        ([a.value(), b.value()], [own(&a), own(&b)], covariance),
        (
            difference,
            error,
            (difference - reach).max(-1.0),
            (difference + reach).min(1.0),
        ),
        test,
        equivalence,
    ))
}

/// An outcome as the report says it.
pub fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Better => "better",
        Outcome::Worse => "worse",
        Outcome::Equivalent => "equivalent",
        Outcome::Undecided => "undecided",
    }
}
