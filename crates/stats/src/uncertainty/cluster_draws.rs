use rand::RngExt as _;
use rayon::prelude::*;

use crate::{Clusters, StatsError};
use streams::stream;

/// Most resamples that are worth their memory.
const MOST_RESAMPLES: usize = 100_000;

/// How often each cluster (patient) occurs in every bootstrap resample: drawn once, for any number
/// of statistics of the same clusters, which then share their resamples.
///
/// A resample draws as many clusters as there are, with replacement. The draws are those of
/// [`HierarchicalBootstrap`](crate::HierarchicalBootstrap) with the same seed. One byte a cluster
/// and resample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterDraws {
    of_cluster: Vec<usize>,
    counts: Vec<u8>,
    clusters: usize,
}

impl ClusterDraws {
    /// `resamples`: 2 to 100,000; `seed`: of the draw. At least two clusters are needed.
    pub fn new(clusters: &Clusters, resamples: usize, seed: u64) -> Result<Self, StatsError> {
        let refuse = |parameter, expected, found: usize| {
            Err(StatsError::Parameter {
                parameter,
                expected,
                found: found as f64,
            })
        };
        if !(2..=MOST_RESAMPLES).contains(&resamples) {
            return refuse("number of resamples", "2 to 100000", resamples);
        }
        let count = clusters.count();
        if count < 2 {
            return refuse("number of clusters", "at least 2", count);
        }
        let mut counts = vec![0u8; resamples * count];
        counts
            .par_chunks_mut(count)
            .enumerate()
            .for_each(|(index, counts)| {
                let mut random = stream(seed, "bootstrap of patients", index as u64);
                for _ in 0..count {
                    let drawn = &mut counts[random.random_range(0..count)];
                    *drawn = drawn.saturating_add(1);
                }
            });
        Ok(Self {
            of_cluster: clusters.of_case().to_vec(),
            counts,
            clusters: count,
        })
    }

    /// Test cases that the clusters hold.
    pub fn cases(&self) -> usize {
        self.of_cluster.len()
    }

    /// Resamples that were drawn.
    pub fn resamples(&self) -> usize {
        self.counts.len() / self.clusters
    }

    /// How often each cluster occurs, resample by resample.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.counts.chunks_exact(self.clusters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resample_has_as_many_clusters_as_there_are() {
        let names = ["a", "a", "b", "c", "d"].map(Some);
        let clusters = Clusters::new(names).expect("five cases");
        let draws = ClusterDraws::new(&clusters, 50, 7).expect("four clusters");
        assert_eq!((draws.cases(), draws.resamples()), (5, 50));
        let total = |row: &[u8]| row.iter().map(|count| usize::from(*count)).sum::<usize>();
        assert!(draws.rows().all(|row| total(row) == 4));
        let fewer = ClusterDraws::new(&clusters, 20, 7).expect("four clusters");
        assert!(draws.rows().zip(fewer.rows()).all(|(a, b)| a == b));
        assert!(ClusterDraws::new(&clusters, 1, 7).is_err());
    }
}
