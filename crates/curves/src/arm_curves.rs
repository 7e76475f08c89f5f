use rayon::prelude::*;

use super::curve_trace::{CurveGrid, RankedCases};
use super::resampled_sums::ResampledSums;
use stats::{ClusterDraws, Clusters, Combined, Finding, Interval, MeanShare, Spread, StatsError};

/// Fewer usable resamples than this say nothing of a variance.
const FEWEST_USABLE: usize = 50;
/// Resamples that are added up together: the sums then do not depend on the number of threads.
const TOGETHER: usize = 25;
/// What fewer clusters than this lie beyond is not measured.
const FEWEST_BEYOND: f64 = 2.0;

/// One curve of a seed: its cases with their scores, and the threshold that was chosen on other
/// cases, where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedCurve {
    /// Cases, as positions within the clusters, with labels and scores.
    pub finding: Finding,
    /// The lowest score that counts as positive.
    pub threshold: Option<f64>,
}

/// The folds of cross-validation that the curves of a seed are of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveFolds {
    /// Repeats of cross-validation, at least 1.
    pub repeats: usize,
    /// As of [`Estimate::of_procedure`](stats::Estimate::of_procedure).
    pub test_to_train: f64,
}

/// The ROC and the precision-recall curve of an arm: means over seeds, with 95% bands for other
/// seeds and other patients.
///
/// **Mean.** Curves are averaged vertically (Fawcett, *An introduction to ROC analysis*, Pattern
/// Recognition Letters 2006, algorithm 4): at each place of a grid the mean over seeds of what
/// their curves have there. Scores of different networks are never put in one order. The
/// sensitivity at a false-positive rate lies on the straight line between the points of a seed's
/// ROC curve (the upper end where it is vertical), so that the area below a curve is its AUC and
/// the area below the mean the mean AUC, but for the width of the grid. The precision at a recall
/// is that of the highest threshold that reaches the recall: nothing is interpolated, as no
/// threshold attains what lies between two points (Davis and Goadrich, ICML 2006), and the area
/// below these stairs is the average precision.
///
/// **Band.** Pointwise, not of the curve as a whole. Patients are resampled with all their cases,
/// alike for all seeds, which gives the sampling variance of the mean and the noise by which
/// finitely many cases move seeds against each other; the spread between seeds is added with the
/// noise counted once, as [`Combined`] does for an AUC. From variance and degrees of freedom (the
/// clusters of the rarer class for the sampling part) follows Wilson's interval of as many cases
/// as have this variance, but never of more clusters than the share is of. Ends of curves that
/// fewer than two clusters lie beyond are not measured. At the lowest false-positive rates the band
/// then reaches from 0 to its upper end at the first rate that is, as ROC curves only rise; at the
/// highest recalls it reaches down to the lower end of the share of positive cases, which calling
/// every case positive attains.
///
/// Simulated, 95% bands cover 95.7% to 99.1% over a curve and 91% or more at any one place; with
/// fewer than ten clusters of either class none of this can be relied on. With one seed they speak
/// of other patients alone.
///
/// *Not* a ROC curve of pooled scores or of an ensemble, and not a band in which a whole curve
/// lies with 95%.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmCurves {
    /// Sensitivity at the false-positive rates of the grid.
    pub roc: Band,
    /// Precision at the recalls of the grid.
    pub precision_recall: Band,
    /// Average precision, with its interval.
    pub average_precision: Banded,
    /// Sensitivity and specificity at the thresholds, with their intervals; none without.
    pub threshold: Option<[Banded; 2]>,
    /// Resamples that were used; 0 without intervals.
    pub resamples: usize,
}

/// Numbers at the places of a grid, in `0..=1`.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Means over seeds.
    pub values: Vec<f64>,
    /// Both ends of the 95% intervals; none where too few resamples could be used.
    pub ends: Option<Vec<[f64; 2]>>,
}

/// A number, in `0..=1`, with both ends of its 95% interval where it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Banded {
    /// Mean over seeds.
    pub value: f64,
    /// Lower and upper end.
    pub ends: Option<[f64; 2]>,
}

impl ArmCurves {
    /// `seeds`: for each seed the curves whose mean is its curve: one for a single question,
    /// several for a mean over classes, or one a fold. `draws`: of `clusters`; none for curves
    /// without bands.
    pub fn new(
        seeds: &[Vec<SeedCurve>],
        clusters: &Clusters,
        draws: Option<&ClusterDraws>,
        folds: Option<CurveFolds>,
        grid: &CurveGrid,
    ) -> Result<Self, StatsError> {
        grid.check()?;
        let arm = Seeds::new(seeds, clusters, grid)?;
        let undefined = StatsError::OneClass {
            positives: 0,
            negatives: 0,
        };
        let values = arm.trace(|_| 1).ok_or(undefined)?;
        let sums = draws.map(|draws| arm.resampled(draws, &values));
        let sums = sums.filter(|sums| sums.resamples() >= FEWEST_USABLE);
        let ends = sums
            .as_ref()
            .map(|sums| arm.ends(&values, sums, folds))
            .transpose()?;
        Ok(arm.curves(&values, ends, sums.map_or(0, |sums| sums.resamples())))
    }
}

/// The curves of all seeds, sorted once.
struct Seeds<'g> {
    grid: &'g CurveGrid,
    seeds: Vec<Vec<RankedCases>>,
}

impl<'g> Seeds<'g> {
    fn new(
        seeds: &[Vec<SeedCurve>],
        clusters: &Clusters,
        grid: &'g CurveGrid,
    ) -> Result<Self, StatsError> {
        if seeds.is_empty() || seeds.iter().any(Vec::is_empty) {
            return Err(StatsError::Empty {
                what: "curves of a seed",
            });
        }
        let ranked =
            |curve: &SeedCurve| RankedCases::new(&curve.finding, curve.threshold, clusters);
        let of_seed = |curves: &Vec<SeedCurve>| curves.iter().map(ranked).collect();
        Ok(Self {
            grid,
            seeds: seeds.iter().map(of_seed).collect::<Result<_, _>>()?,
        })
    }

    /// The numbers of every seed, shape `[seeds, numbers]`, with clusters repeated by `weight`;
    /// none where a curve has lost a class.
    fn trace(&self, weight: impl Fn(u32) -> u64) -> Option<Vec<f64>> {
        let numbers = self.grid.numbers();
        let mut traced = vec![0.0; self.seeds.len() * numbers];
        for (curves, traced) in self.seeds.iter().zip(traced.chunks_exact_mut(numbers)) {
            let factor = 1.0 / curves.len() as f64;
            for curve in curves {
                if !curve.trace(&weight, self.grid, factor, traced) {
                    return None;
                }
            }
        }
        Some(traced)
    }

    /// What resampling makes of `values`.
    fn resampled(&self, draws: &ClusterDraws, values: &[f64]) -> ResampledSums {
        let rows: Vec<&[u8]> = draws.rows().collect();
        let parts: Vec<ResampledSums> = rows
            .par_chunks(TOGETHER)
            .map(|rows| {
                let mut sums = ResampledSums::new(self.seeds.len(), self.grid.numbers());
                for row in rows {
                    if let Some(traced) = self.trace(|cluster| u64::from(row[cluster as usize])) {
                        sums.add(&traced, values);
                    }
                }
                sums
            })
            .collect();
        let mut all = ResampledSums::new(self.seeds.len(), self.grid.numbers());
        parts.iter().for_each(|part| all.extend(part));
        all
    }

    /// The 95% interval of every number.
    fn ends(
        &self,
        values: &[f64],
        sums: &ResampledSums,
        folds: Option<CurveFolds>,
    ) -> Result<Vec<[f64; 2]>, StatsError> {
        let [positives, negatives] = self.clusters(folds);
        let inflation = folds.map_or(1.0, |folds| 1.0 + 0.5 * folds.test_to_train);
        let (rates, recalls) = (
            self.grid.false_positive_rates.len(),
            self.grid.recalls.len(),
        );
        let interval = |at: usize| -> Result<Interval, StatsError> {
            let own = self.of_seeds(values, at);
            let share = own.iter().sum::<f64>() / own.len() as f64;
            let [sampling, noise] = sums.variances(at).map(|variance| inflation * variance);
            let sampling = Spread {
                variance: sampling,
                degrees_of_freedom: positives.min(negatives).max(1.0),
            };
            let combined = Combined::new(sampling, noise, Spread::of(&own), own.len());
            let place = at
                .checked_sub(rates)
                .and_then(|at| self.grid.recalls.get(at));
            let cases = match place {
                // Those called positive at this recall.
                Some(recall) => recall * positives / share.max(f64::MIN_POSITIVE),
                None if at == rates + recalls + 2 => negatives,
                None => positives,
            };
            let mean = MeanShare {
                share,
                variance: combined.map_or(0.0, |combined| combined.variance),
                degrees_of_freedom: combined
                    .map_or(sampling.degrees_of_freedom, |c| c.degrees_of_freedom),
                cases,
            };
            mean.interval(0.95)
        };
        let ends = (0..self.grid.numbers()).map(|at| interval(at).map(|i| [i.lower, i.upper]));
        let mut ends = ends.collect::<Result<Vec<_>, _>>()?;
        let (of_roc, of_recalls) = ends.split_at_mut(rates);
        self.widen_left(of_roc, negatives);
        self.widen_right(&mut of_recalls[..recalls], [positives, negatives])?;
        Ok(ends)
    }

    /// At false-positive rates that are not measured, what the first measured one bounds.
    fn widen_left(&self, ends: &mut [[f64; 2]], negatives: f64) {
        let rates = &self.grid.false_positive_rates;
        let measured = rates.partition_point(|rate| rate * negatives < FEWEST_BEYOND);
        let upper = ends.get(measured).map_or(1.0, |ends| ends[1]);
        for [low, high] in &mut ends[..measured] {
            (*low, *high) = (0.0, high.max(upper));
        }
    }

    /// At recalls that are not measured, what calling every case positive attains.
    fn widen_right(
        &self,
        ends: &mut [[f64; 2]],
        [positives, negatives]: [f64; 2],
    ) -> Result<(), StatsError> {
        let recalls = &self.grid.recalls;
        let measured =
            recalls.partition_point(|recall| (1.0 - recall) * positives >= FEWEST_BEYOND);
        let curves = || self.seeds.iter().flatten();
        let cases = positives + negatives;
        let prevalence =
            curves().map(|curve| curve.prevalence).sum::<f64>() / curves().count() as f64;
        let attained = MeanShare {
            share: prevalence,
            variance: prevalence * (1.0 - prevalence) / cases,
            degrees_of_freedom: cases,
            cases,
        };
        let attained = attained.interval(0.95)?;
        for [low, _] in &mut ends[measured..] {
            *low = low.min(attained.lower);
        }
        Ok(())
    }

    /// Clusters with a positive and with a negative case behind the curves of the smallest seed.
    fn clusters(&self, folds: Option<CurveFolds>) -> [f64; 2] {
        let repeats = folds.map_or(1, |folds| folds.repeats.max(1)) as f64;
        [0, 1].map(|class| {
            let of_seed = |curves: &Vec<RankedCases>| -> usize {
                curves.iter().map(|curve| curve.clusters[class]).sum()
            };
            let fewest = self.seeds.iter().map(of_seed).min().unwrap_or(0);
            fewest as f64 / repeats
        })
    }

    /// One number of every seed.
    fn of_seeds(&self, values: &[f64], at: usize) -> Vec<f64> {
        let numbers = values.chunks_exact(self.grid.numbers());
        numbers.map(|of_seed| of_seed[at]).collect()
    }

    fn curves(&self, values: &[f64], ends: Option<Vec<[f64; 2]>>, resamples: usize) -> ArmCurves {
        let count = self.seeds.len() as f64;
        let mean = |at: usize| {
            let own = self.of_seeds(values, at);
            // Relative to the first, so that the mean of equal values is exactly theirs.
            own[0] + own.iter().map(|value| value - own[0]).sum::<f64>() / count
        };
        let banded = |at: usize| Banded {
            value: mean(at),
            ends: ends.as_ref().map(|ends| ends[at]),
        };
        let band = |from: usize, length: usize| Band {
            values: (from..from + length).map(mean).collect(),
            ends: ends.as_ref().map(|ends| ends[from..from + length].to_vec()),
        };
        let (rates, recalls) = (
            self.grid.false_positive_rates.len(),
            self.grid.recalls.len(),
        );
        let single = rates + recalls;
        let has_threshold = self.seeds.iter().flatten().all(RankedCases::has_threshold);
        ArmCurves {
            roc: band(0, rates),
            precision_recall: band(rates, recalls),
            average_precision: banded(single),
            threshold: has_threshold.then(|| [banded(single + 1), banded(single + 2)]),
            resamples,
        }
    }
}
