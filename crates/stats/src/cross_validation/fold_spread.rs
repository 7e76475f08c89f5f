use crate::StatsError;
use crate::input::same_length;

/// How much a statistic varies by fold, by seed, and by neither alone: a table of folds × seeds
/// with one number a cell, as variance components of a two-way layout with random effects (Searle,
/// Casella and McCulloch, Variance Components, 1992): by fold max(0, MS_folds − MS_rest) / seeds,
/// by seed max(0, MS_seeds − MS_rest) / folds, and MS_rest.
///
/// By fold: other test patients and other training patients. By seed: initialisation and order,
/// whatever the patients. The rest: what a seed does in this fold and not in that.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FoldSpread {
    /// Standard deviation by fold.
    pub by_fold: f64,
    /// Standard deviation by seed.
    pub by_seed: f64,
    /// Standard deviation of what is left.
    pub rest: f64,
}

impl FoldSpread {
    /// `seeds`: for each seed its numbers by fold, in the same order; at least two of both.
    pub fn new(seeds: &[Vec<f64>]) -> Result<Self, StatsError> {
        let folds = seeds.first().map_or(0, Vec::len);
        for (parameter, found) in [("number of seeds", seeds.len()), ("number of folds", folds)] {
            if found < 2 {
                return Err(StatsError::Parameter {
                    parameter,
                    expected: "at least 2",
                    found: found as f64,
                });
            }
        }
        for seed in seeds {
            same_length("folds of a seed", folds, seed.len())?;
            crate::input::all_finite("numbers of folds", seed)?;
        }
        let (rows, columns) = (seeds.len() as f64, folds as f64);
        let of_seed: Vec<f64> = seeds
            .iter()
            .map(|s| s.iter().sum::<f64>() / columns)
            .collect();
        let of_fold: Vec<f64> = (0..folds)
            .map(|fold| seeds.iter().map(|seed| seed[fold]).sum::<f64>() / rows)
            .collect();
        let mean = of_seed.iter().sum::<f64>() / rows;
        let squares = |means: &[f64]| means.iter().map(|m| (m - mean).powi(2)).sum::<f64>();
        let cells = seeds.iter().zip(&of_seed);
        let rest: f64 = cells
            .flat_map(|(seed, own)| {
                let in_fold = seed.iter().zip(&of_fold);
                in_fold.map(move |(value, of)| (value - own - of + mean).powi(2))
            })
            .sum();
        let rest = rest / ((rows - 1.0) * (columns - 1.0));
        let by_fold = rows * squares(&of_fold) / (columns - 1.0);
        let by_seed = columns * squares(&of_seed) / (rows - 1.0);
        Ok(Self {
            by_fold: ((by_fold - rest).max(0.0) / rows).sqrt(),
            by_seed: ((by_seed - rest).max(0.0) / columns).sqrt(),
            rest: rest.sqrt(),
        })
    }
}
