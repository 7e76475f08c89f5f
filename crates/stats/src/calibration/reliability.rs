use super::cases::check;
use crate::input::same_length;
use crate::{Clusters, Interval, Proportion, StatsError};

/// How predicted probabilities are cut into bins. Each is open below and closed above, but for the
/// first, which is closed at both ends: scikit-learn's `calibration_curve`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binning {
    /// So many bins of one width, 1 to 10,000: `strategy="uniform"`.
    EqualWidth(usize),
    /// So many bins between quantiles of the predictions, 1 to 10,000: `strategy="quantile"`.
    /// About as many cases in each, but equal predictions stay together.
    EqualMass(usize),
}

/// Predicted probabilities beside what happened, bin by bin: the reliability diagram.
///
/// What it shows depends on the bins, so they belong beside every number made from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliability<'a> {
    pub(super) labels: &'a [bool],
    pub(super) probabilities: &'a [f64],
    /// Bin of each case, an index of `bins`.
    pub(super) bin_of: Vec<usize>,
    bins: Vec<ReliabilityBin>,
    binning: Binning,
}

/// A bin that holds at least one case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// Lower edge, in `0..=1`.
    pub lower: f64,
    /// Upper edge, in `0..=1`.
    pub upper: f64,
    /// Mean of the predicted probabilities, in `0..=1`.
    pub mean_predicted: f64,
    /// Share of positive cases. Its [`wilson`](Proportion::wilson) interval takes the bin as
    /// given and holds for this bin alone, not for all bins at once.
    pub observed: Proportion,
}

impl ReliabilityBin {
    /// Number of cases, at least 1.
    pub fn cases(&self) -> u64 {
        self.observed.cases
    }

    /// Observed share less mean prediction, in `−1..=1`; above 0 the predictions are too low.
    pub fn gap(&self) -> f64 {
        self.observed.share - self.mean_predicted
    }

    /// The Wilson interval of the observed share. `level`: 0.95 for a 95% interval.
    pub fn interval(&self, level: f64) -> Result<Interval, StatsError> {
        self.observed.wilson(level)
    }
}

impl<'a> Reliability<'a> {
    /// `labels`: true for positive cases; `probabilities`: of being positive, in `0..=1`.
    pub fn new(
        labels: &'a [bool],
        probabilities: &'a [f64],
        binning: Binning,
    ) -> Result<Self, StatsError> {
        check(labels, probabilities)?;
        let edges = binning.edges(probabilities)?;
        let inner = &edges[1..edges.len() - 1];
        let place = |p: &f64| inner.partition_point(|edge| edge < p);
        let mut bin_of: Vec<usize> = probabilities.iter().map(place).collect();
        let mut sums = vec![(0u64, 0u64, 0.0); inner.len() + 1];
        for ((&bin, &positive), p) in bin_of.iter().zip(labels).zip(probabilities) {
            let (cases, positives, sum) = &mut sums[bin];
            *cases += 1;
            *positives += u64::from(positive);
            *sum += p;
        }
        let mut bins = Vec::new();
        let mut renumbered = vec![0; sums.len()];
        for (bin, (cases, positives, sum)) in sums.into_iter().enumerate() {
            renumbered[bin] = bins.len();
            if cases > 0 {
                bins.push(ReliabilityBin {
                    lower: edges[bin],
                    upper: edges[bin + 1],
                    mean_predicted: sum / cases as f64,
                    observed: Proportion::new("cases of a bin", positives, cases)?,
                });
            }
        }
        bin_of.iter_mut().for_each(|bin| *bin = renumbered[*bin]);
        Ok(Self {
            labels,
            probabilities,
            bin_of,
            bins,
            binning,
        })
    }

    /// The same with intervals of the observed shares over samples of clusters, such as patients
    /// with several pictures. `clusters` has one entry per case.
    pub fn by_cluster(&self, clusters: &Clusters) -> Result<Self, StatsError> {
        same_length("clusters", self.labels.len(), clusters.cases())?;
        let mut cases: Vec<(usize, usize, bool)> = self
            .bin_of
            .iter()
            .zip(clusters.of_case())
            .zip(self.labels)
            .map(|((&bin, &cluster), &positive)| (bin, cluster, positive))
            .collect();
        cases.sort_unstable();
        let mut found = self.clone();
        for of_bin in cases.chunk_by(|a, b| a.0 == b.0) {
            let counts = of_bin.chunk_by(|a, b| a.1 == b.1).map(|of_cluster| {
                let positives = of_cluster.iter().filter(|case| case.2).count();
                (positives as u64, of_cluster.len() as u64)
            });
            found.bins[of_bin[0].0].observed = Proportion::clustered("cases of a bin", counts)?;
        }
        Ok(found)
    }

    /// The bins that hold cases, by rising probability.
    pub fn bins(&self) -> &[ReliabilityBin] {
        &self.bins
    }

    /// How the bins were made.
    pub fn binning(&self) -> Binning {
        self.binning
    }
}

impl Binning {
    /// Edges from the lowest to the highest, one more than bins.
    fn edges(self, probabilities: &[f64]) -> Result<Vec<f64>, StatsError> {
        let (Self::EqualWidth(bins) | Self::EqualMass(bins)) = self;
        if !(1..=10_000).contains(&bins) {
            return Err(StatsError::Parameter {
                parameter: "number of bins",
                expected: "1 to 10000",
                found: bins as f64,
            });
        }
        Ok(match self {
            Self::EqualWidth(_) => (0..=bins).map(|i| i as f64 / bins as f64).collect(),
            Self::EqualMass(_) => {
                let mut sorted = probabilities.to_vec();
                sorted.sort_unstable_by(f64::total_cmp);
                let last = sorted.len() - 1;
                let quantile = |i: usize| {
                    // In whole numbers, so that an edge on a prediction is that prediction.
                    let (at, rest) = (i * last / bins, i * last % bins);
                    let next = sorted[(at + 1).min(last)];
                    sorted[at] + rest as f64 / bins as f64 * (next - sorted[at])
                };
                (0..=bins).map(quantile).collect()
            }
        })
    }
}
