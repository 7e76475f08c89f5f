//! Resamples of test patients, drawn once for all arms and questions.

use curves::CurveFolds;
use stats::{ClusterDraws, Clusters};
use study::StudyPlan;

use crate::finished::ArmRuns;

/// Seed of the resamples.
const SEED: u64 = 0;
/// Pictures that all resamples of a question of an arm may hold together, so that large test sets
/// take seconds. Only variances are made of them, which need fewer resamples than quantiles.
const WORK: usize = 20_000_000;
/// Fewest resamples for large test sets: a standard error is then known to 5%.
const FEWEST: usize = 200;
/// More resamples than a drawn band shows.
const MOST: usize = 1000;

/// The test patients of a study, and resamples of them.
pub(super) struct Drawn {
    pub(super) clusters: Clusters,
    draws: ClusterDraws,
    /// Where the curves of a seed are of folds.
    pub(super) folds: Option<CurveFolds>,
}

impl Drawn {
    /// None without a finished run, or with a single patient.
    pub(super) fn new(plan: &StudyPlan, finished: &[&ArmRuns]) -> Option<Self> {
        let first = finished.first()?;
        let (clusters, folds) = match &first.tested {
            Some(tested) => (tested.clusters().clone(), Some(tested.of_curves())),
            None => (first.runs.first()?.test.clusters()?, None),
        };
        let pictures = finished.iter().map(|arm| {
            let runs = arm.runs.iter().map(|run| run.test.images.len());
            runs.sum::<usize>()
        });
        let most = WORK / pictures.max()?.max(1);
        let resamples = most.clamp(FEWEST, MOST).min(plan.compare.resamples);
        Some(Self {
            draws: ClusterDraws::new(&clusters, resamples, SEED).ok()?,
            clusters,
            folds,
        })
    }

    /// The resamples; none for fewer seeds than tell how others spread.
    pub(super) fn for_seeds(&self, seeds: usize) -> Option<&ClusterDraws> {
        (seeds >= decisions::FEWEST_SEEDS).then_some(&self.draws)
    }

    /// How many were drawn.
    pub(super) fn resamples(&self) -> usize {
        self.draws.resamples()
    }
}
