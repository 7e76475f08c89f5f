//! What other patients would have made of one run's numbers: by resampling them.

use stats::{Bootstrap, Clusters, SortedScores, SpecificityRange, StatsError};

use super::question::Asked;

/// Seed of the resamples.
const SEED: u64 = 0;
/// Cases that all resamples of a number may hold together, so that large test sets take seconds.
const WORK: usize = 100_000_000;
/// Fewest resamples.
const FEWEST: usize = 200;

/// Resamples of one question in the test partition.
pub(crate) struct Patients {
    clusters: Clusters,
    scores: SortedScores,
    resamples: usize,
}

impl Patients {
    /// `patients`: of every case asked about. At most `resamples`, fewer where the cases are many.
    pub(crate) fn new<'a>(
        asked: &Asked,
        patients: impl Iterator<Item = Option<&'a str>>,
        resamples: usize,
    ) -> Result<Self, StatsError> {
        let most = (WORK / asked.labels.len().max(1)).max(FEWEST);
        Ok(Self {
            clusters: Clusters::new(patients)?,
            scores: SortedScores::new(&asked.labels, &asked.scores)?,
            resamples: resamples.min(most),
        })
    }

    /// Of average precision.
    pub(crate) fn average_precision(&self) -> Option<[f64; 2]> {
        self.interval("average precision", |w| {
            self.scores.average_precision_weighted(w)
        })
    }

    /// Of the standardised partial AUC.
    pub(crate) fn partial_auc(&self, range: SpecificityRange) -> Option<[f64; 2]> {
        self.interval("partial AUC", |w| {
            Some(self.scores.partial_auc_weighted(range, w)?.standardised)
        })
    }

    /// Of the sensitivity at a specificity.
    pub(crate) fn sensitivity(&self, specificity: f64) -> Option<[f64; 2]> {
        self.interval("sensitivity", |w| {
            self.scores.sensitivity_at_weighted(specificity, w)
        })
    }

    fn interval(
        &self,
        purpose: &str,
        statistic: impl Fn(&[u32]) -> Option<f64> + Sync,
    ) -> Option<[f64; 2]> {
        let bootstrap = Bootstrap::new(&self.clusters, SEED, purpose);
        let drawn = bootstrap.resamples(self.resamples).ok()?.run(statistic);
        let interval = drawn.ok()?.interval(0.95).ok()?;
        Some([interval.lower, interval.upper])
    }
}
