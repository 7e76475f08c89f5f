use rand_distr::{Distribution as _, StandardNormal};
use std::collections::BTreeMap;
use streams::stream;

use super::arrival::{Arrival, Place, check, interpolate};
use super::isotonic::isotonic;
use crate::{Clusters, Estimate, StatsError};

/// Other samples of patients, the same for every curve that is measured on them.
///
/// Draw `b` gives every patient a standard normal multiplier; a statistic plus the sum of multipliers
/// times influences is what that sample would have made of it, to first order (the multiplier
/// bootstrap; van der Vaart and Wellner 1996, section 2.9). A patient's multipliers are a stream
/// named after the patient, so whatever run, arm or part the patient is in has the same.
#[derive(Debug, Clone)]
pub struct PatientDraws {
    clusters: Clusters,
    /// Of each cluster, one a draw.
    multipliers: Vec<Vec<f64>>,
    draws: usize,
}

impl PatientDraws {
    /// `names`: the patient of every case, what else names the case where that is unknown.
    /// `draws`: 2 to 10,000.
    pub fn new<'a>(
        names: impl IntoIterator<Item = &'a str>,
        draws: usize,
        seed: u64,
    ) -> Result<Self, StatsError> {
        if !(2..=10_000).contains(&draws) {
            return Err(StatsError::Parameter {
                parameter: "draws of patients",
                expected: "2 to 10000",
                found: draws as f64,
            });
        }
        let names: Vec<&str> = names.into_iter().collect();
        let clusters = Clusters::new(names.iter().map(|name| Some(*name)))?;
        let mut of_cluster = BTreeMap::new();
        for (cluster, name) in clusters.of_case().iter().zip(names) {
            of_cluster.entry(*cluster).or_insert_with(|| {
                let mut stream = stream(seed, name, 0);
                (0..draws)
                    .map(|_| StandardNormal.sample(&mut stream))
                    .collect()
            });
        }
        Ok(Self {
            clusters,
            multipliers: of_cluster.into_values().collect(),
            draws,
        })
    }

    /// What each draw would have made of `estimate`, less its value.
    pub fn of(&self, estimate: &Estimate) -> Result<Vec<f64>, StatsError> {
        let by_patient = estimate.by_cluster(&self.clusters)?;
        let mut sums = vec![0.0; self.draws];
        for (influence, multipliers) in by_patient
            .influence()
            .values()
            .iter()
            .zip(&self.multipliers)
        {
            for (sum, multiplier) in sums.iter_mut().zip(multipliers) {
                *sum += influence * multiplier;
            }
        }
        Ok(sums)
    }
}

/// The validation curve of one run, with what other patients would have made of it where that is
/// known.
#[derive(Debug, Clone, PartialEq)]
pub struct RedrawnCurve {
    /// Evaluations as (step, AUC), steps increasing.
    pub points: Vec<(u64, f64)>,
    /// Of every evaluation, what each draw of patients adds to its AUC; as many draws everywhere.
    pub draws: Option<Vec<Vec<f64>>>,
}

impl RedrawnCurve {
    /// See [`Arrival::new`].
    pub fn arrival(&self, tau: f64, evaluations: usize) -> Result<Arrival, StatsError> {
        Arrival::new(&self.points, tau, evaluations)
    }

    /// The step of arrival in every draw, those after `horizon` or not within the curve counting as
    /// `horizon`, at least 1. None without draws.
    pub(super) fn redrawn_steps(
        &self,
        tau: f64,
        evaluations: usize,
        horizon: f64,
    ) -> Result<Option<Vec<f64>>, StatsError> {
        let Some(draws) = &self.draws else {
            return Ok(None);
        };
        let (steps, values): (Vec<u64>, Vec<f64>) = self.points.iter().copied().unzip();
        check(&steps, &values, tau, evaluations)?;
        crate::input::same_length("evaluations that are redrawn", steps.len(), draws.len())?;
        let count = draws.iter().map(Vec::len).min().unwrap_or(0);
        let of_draw = |draw: usize| {
            let redrawn: Vec<f64> = values.iter().zip(draws).map(|(v, d)| v + d[draw]).collect();
            let fit = isotonic(&redrawn);
            let step = match Place::of(&fit, tau, evaluations) {
                Place::Start => 1.0,
                Place::At(place) => interpolate(&steps, &fit, place, tau),
                Place::Open(_) => horizon,
            };
            step.min(horizon).max(1.0)
        };
        Ok(Some((0..count).map(of_draw).collect()))
    }
}
