//! Metrics of a run by their keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::judged::Judged;
use super::metric::Metric;

/// Key of a [`Metric`] ─▶ its value; none where the pictures or the task do not define it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricValues(BTreeMap<String, Option<f64>>);

impl MetricValues {
    /// Every metric of `table`.
    pub fn of(table: &[Metric], judged: &Judged) -> Self {
        let values = table.iter().map(|m| (m.id.to_string(), m.of(judged)));
        Self(values.collect())
    }

    /// Measures the metrics of `table` that a record does not hold, because it is older than they
    /// are; what it holds stays.
    pub fn complete(&mut self, table: &[Metric], judged: &Judged) {
        for metric in table {
            let value = || metric.of(judged);
            self.0.entry(metric.id.into()).or_insert_with(value);
        }
    }

    /// The value of a metric; none where it has none here.
    pub fn get(&self, metric: &Metric) -> Option<f64> {
        self.0.get(metric.id).copied().flatten()
    }
}

impl<const N: usize> From<[(&str, f64); N]> for MetricValues {
    fn from(values: [(&str, f64); N]) -> Self {
        let values = values.map(|(id, value)| (id.to_string(), Some(value)));
        Self(values.into())
    }
}
