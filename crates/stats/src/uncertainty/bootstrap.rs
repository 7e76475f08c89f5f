use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use rayon::prelude::*;

use crate::{Clusters, Resamples, StatsError};
use streams::stream;

/// Resamples drawn unless another number is asked for: the ends of a 95% interval then vary by
/// about a sixtieth of its width from seed to seed.
const RESAMPLES: usize = 2000;
/// More resamples than any interval needs; a bound on what can be asked for.
const MOST_RESAMPLES: usize = 1_000_000;
/// After so many undefined resamples in a row the statistic counts as undefined.
const MOST_REDRAWS: usize = 1000;
/// Groups of clusters that the jackknife leaves out in turn. With influences that do not depend
/// on one another, the acceleration of `g` groups is that of single clusters, and known to
/// `0.4 / g`.
const JACKKNIFE_GROUPS: usize = 400;

/// The bootstrap over clusters, such as patients with several pictures, for any statistic that
/// can be computed from how often each case occurs.
///
/// A resample draws as many clusters as there are, with replacement, each with all its cases
/// (Davison and Hinkley 1997, section 3.8). It accounts for whatever cases of a cluster share;
/// the networks are fixed, so it says nothing about the randomness of training. Clusters are
/// drawn without regard to their labels, so the share of positive cases varies as it would in
/// new patients.
///
/// Resample `i` has a random stream of its own, derived from the seed, the purpose and `i`: the
/// result is the same to the last bit on any number of threads, and more resamples only add to
/// those of fewer.
///
/// ```
/// use stats::{Bootstrap, Clusters, SortedScores};
/// # fn main() -> Result<(), stats::StatsError> {
/// let labels = [false, false, true, true, false, true, true, false];
/// let scores = [0.1, 0.4, 0.35, 0.8, 0.2, 0.7, 0.9, 0.6];
/// let patients = ["a", "a", "b", "b", "c", "d", "e", "f"].map(Some);
/// let patients = Clusters::new(patients)?;
/// let sorted = SortedScores::new(&labels, &scores)?;
/// let at_90 = Bootstrap::new(&patients, 7, "sensitivity at 90% specificity")
///     .run(|weights| sorted.sensitivity_at_weighted(0.9, weights))?;
/// assert_eq!(at_90.estimate(), 0.75);
/// assert!(at_90.interval(0.95)?.contains(0.75));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Bootstrap<'a> {
    clusters: &'a Clusters,
    seed: u64,
    purpose: &'a str,
    resamples: usize,
}

impl<'a> Bootstrap<'a> {
    /// 2,000 resamples of `clusters`. `purpose` names the random stream: two bootstraps of the
    /// same seed and purpose draw the same clusters.
    pub fn new(clusters: &'a Clusters, seed: u64, purpose: &'a str) -> Self {
        Self {
            clusters,
            seed,
            purpose,
            resamples: RESAMPLES,
        }
    }

    /// Another number of resamples, 2 to 1,000,000.
    pub fn resamples(self, resamples: usize) -> Result<Self, StatsError> {
        if !(2..=MOST_RESAMPLES).contains(&resamples) {
            return Err(StatsError::Parameter {
                parameter: "number of resamples",
                expected: "2 to 1000000",
                found: resamples as f64,
            });
        }
        Ok(Self { resamples, ..self })
    }

    /// Computes `statistic` in every resample.
    ///
    /// It is given how often each case occurs, one weight per case in the order of the cases, and
    /// answers `None` where it has no value, as an AUC has not without positive cases. Such a
    /// resample is drawn again and counted in [`Resamples::redrawn`]; the interval then holds for
    /// samples in which the statistic exists. Two clusters are needed at least.
    pub fn run(
        &self,
        statistic: impl Fn(&[u32]) -> Option<f64> + Sync,
    ) -> Result<Resamples, StatsError> {
        if self.clusters.count() < 2 {
            return Err(StatsError::Parameter {
                parameter: "number of clusters",
                expected: "at least 2, as one cluster cannot be resampled",
                found: self.clusters.count() as f64,
            });
        }
        // NaN or an infinity would pass for a value otherwise.
        let statistic = |weights: &[u32]| statistic(weights).filter(|value| value.is_finite());
        let whole = vec![1; self.clusters.cases()];
        let estimate = statistic(&whole).ok_or(StatsError::NoResample { drawn: 0 })?;
        let drawn = (0..self.resamples as u64)
            .into_par_iter()
            .map_init(
                || Draw::new(self.clusters),
                |draw, index| self.resample(index, draw, &statistic),
            )
            .collect::<Result<Vec<_>, _>>()?;
        let redrawn = drawn.iter().map(|&(_, redrawn)| redrawn).sum();
        let values = drawn.into_iter().map(|(value, _)| value).collect();
        let left_out = self.jackknife(&statistic);
        Ok(Resamples::new(
            estimate,
            values,
            redrawn,
            self.clusters.count(),
            left_out,
        ))
    }

    /// The value of one resample, and how many were drawn in vain before it.
    fn resample(
        &self,
        index: u64,
        draw: &mut Draw,
        statistic: &(impl Fn(&[u32]) -> Option<f64> + Sync),
    ) -> Result<(f64, usize), StatsError> {
        let mut random = stream(self.seed, self.purpose, index);
        for redrawn in 0..MOST_REDRAWS {
            draw.of_cluster.fill(0);
            for _ in 0..draw.of_cluster.len() {
                let cluster = random.random_range(0..draw.of_cluster.len());
                draw.of_cluster[cluster] += 1;
            }
            for (weight, &cluster) in draw.of_case.iter_mut().zip(self.clusters.of_case()) {
                *weight = draw.of_cluster[cluster];
            }
            if let Some(value) = statistic(&draw.of_case) {
                return Ok((value, redrawn));
            }
        }
        Err(StatsError::NoResample {
            drawn: MOST_REDRAWS,
        })
    }

    /// The statistic without each cluster in turn, or without each of equal groups of clusters
    /// drawn at random where there are many. `None` where leaving one out leaves no value.
    fn jackknife(&self, statistic: &(impl Fn(&[u32]) -> Option<f64> + Sync)) -> Option<Vec<f64>> {
        let count = self.clusters.count();
        let groups = count.min(JACKKNIFE_GROUPS);
        let mut group: Vec<usize> = (0..count).map(|cluster| cluster % groups).collect();
        if groups < count {
            group.shuffle(&mut stream(self.seed, "jackknife groups", 0));
        }
        let of_case = self.clusters.of_case();
        (0..groups)
            .into_par_iter()
            .map(|left_out| {
                let weight = |&cluster: &usize| u32::from(group[cluster] != left_out);
                let weights: Vec<u32> = of_case.iter().map(weight).collect();
                statistic(&weights)
            })
            .collect()
    }
}

/// How often each cluster, and so each of its cases, was drawn.
struct Draw {
    of_cluster: Vec<u32>,
    of_case: Vec<u32>,
}

impl Draw {
    fn new(clusters: &Clusters) -> Self {
        Self {
            of_cluster: vec![0; clusters.count()],
            of_case: vec![0; clusters.cases()],
        }
    }
}
