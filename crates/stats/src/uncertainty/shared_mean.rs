use std::collections::BTreeSet;

use crate::{Interval, StatsError};

/// Fewest seeds whose spread says anything of an interval.
const FEWEST_SEEDS: usize = 3;

/// The mean of numbers that share seeds: each belongs to one training seed or to a pair of them.
///
/// Numbers of pairs are not independent where the pairs share a seed, so the standard error comes
/// from leaving out every seed with all numbers it has a part in (Quenouille and Tukey's jackknife;
/// for pairs, Arvesen 1969): with `mₛ` the mean without seed s of S and `m̄` their mean,
/// `se² = (S − 1) / S · Σ (mₛ − m̄)²`. For numbers of single seeds that is the usual `s / √S`.
/// Holds the spread over seeds only, not that over images.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedMean {
    /// The mean of all numbers.
    pub mean: f64,
    /// Different seeds.
    pub seeds: usize,
    /// None with fewer than three seeds, or where leaving one out leaves nothing.
    pub standard_error: Option<f64>,
}

impl SharedMean {
    /// The mean of `values`, each with its two seeds (twice the same for a number of one seed).
    pub fn new(values: &[(f64, [u64; 2])]) -> Result<Self, StatsError> {
        let found = values.iter().map(|(value, _)| *value);
        let mean = mean(found).ok_or(StatsError::Empty {
            what: "values of seeds",
        })?;
        let seeds: BTreeSet<u64> = values.iter().flat_map(|(_, seeds)| *seeds).collect();
        let without = |seed: &u64| {
            let kept = values.iter().filter(|(_, seeds)| !seeds.contains(seed));
            self::mean(kept.map(|(value, _)| *value))
        };
        let left: Option<Vec<f64>> = seeds.iter().map(without).collect();
        let count = seeds.len() as f64;
        let standard_error = left.filter(|_| seeds.len() >= FEWEST_SEEDS).map(|left| {
            let centre = left.iter().sum::<f64>() / count;
            let squares: f64 = left.iter().map(|m| (m - centre).powi(2)).sum();
            ((count - 1.0) / count * squares).sqrt()
        });
        Ok(Self {
            mean,
            seeds: seeds.len(),
            standard_error,
        })
    }

    /// Interval `mean ± t · standard_error` with one degree of freedom less than seeds. `level`:
    /// 0.95 for a 95% interval. None where there is no standard error.
    pub fn interval(&self, level: f64) -> Result<Option<Interval>, StatsError> {
        let degrees_of_freedom = self.seeds as f64 - 1.0;
        self.standard_error
            .map(|error| Interval::student(self.mean, error, degrees_of_freedom, level))
            .transpose()
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_single_seeds_it_is_the_usual_interval() {
        let values = [(1.0, [0, 0]), (2.0, [1, 1]), (6.0, [2, 2])];
        let shared = SharedMean::new(&values).unwrap();
        assert_eq!(shared.mean, 3.0);
        // Sample variance 7 of three values.
        let expected = (7.0_f64 / 3.0).sqrt();
        assert!((shared.standard_error.unwrap() - expected).abs() < 1e-15);
        // t quantile 0.975 with 2 degrees of freedom is 4.302652729911275 (tables).
        let interval = shared.interval(0.95).unwrap().unwrap();
        assert!((interval.upper - 3.0 - 4.302_652_729_911_275 * expected).abs() < 1e-9);
    }

    #[test]
    fn pairs_that_share_a_seed_count_as_dependent() {
        // All that varies is what seed 0 adds: 1 to each of its pairs.
        let pairs = [(1.0, [0, 1]), (1.0, [0, 2]), (0.0, [1, 2])];
        let shared = SharedMean::new(&pairs).unwrap();
        // Means without seed 0, 1, 2: 0, 1, 1.
        let expected = (2.0_f64 / 3.0 * (4.0 / 9.0 + 1.0 / 9.0 + 1.0 / 9.0)).sqrt();
        assert!((shared.standard_error.unwrap() - expected).abs() < 1e-15);
    }

    #[test]
    fn two_seeds_give_no_interval() {
        let shared = SharedMean::new(&[(1.0, [0, 1])]).unwrap();
        assert_eq!((shared.mean, shared.standard_error), (1.0, None));
        assert!(SharedMean::new(&[]).is_err());
    }
}
